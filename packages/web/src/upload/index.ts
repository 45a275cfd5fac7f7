export { AddImages } from './add-images.tsx';
export { DropTarget } from './drop-target.tsx';
export { UploadPanel } from './upload-panel.tsx';
export { useUploadDone } from './use-upload.ts';
