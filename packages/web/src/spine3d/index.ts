export { Spine3D } from './spine3d.tsx';
