export {
  type Collector,
  type CollectorSettings,
  CollectorUnavailable,
  openCollector,
} from './collector.ts';
