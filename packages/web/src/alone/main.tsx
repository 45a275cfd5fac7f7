import '../look/base.css';
import { startWords } from '../words/index.ts';

await startWords();
