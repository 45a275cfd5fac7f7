export { DEFAULT_INPUT_LIMITS, type InputLimits } from '@promontory/core/reading';
export { type CollectedInput, type CollectOptions, collectBytes, collectInput } from './collect-input.ts';
export { type LabelledDataset, type LabelledStudy, openDataset } from './labelled-dataset.ts';
export { checkOutputFolder, type OutputFile, type PublishOptions, publish } from './publish.ts';
export { keyedHashOf, openSecretKey, type SecretKey } from './secret-key.ts';
export { openStagedFolder, type StagedFolder } from './staged-folder.ts';
export { type StreamedFile, streamFiles } from './stream-files.ts';
