export { bundledScript } from './bundled-script';
export { crashImages, writeImage, type CrashImage, type CrashImageOptions } from './crash-images';
export { DiskModel, applied, everythingSurvives, type Survival } from './disk-model';
export { Random } from './random';
export {
  recordRun,
  runWithFaults,
  type FaultyRun,
  type RecordOptions,
  type Recording,
} from './recording';
export { parseTrace, type SystemCall, type TracedCall } from './system-calls';
