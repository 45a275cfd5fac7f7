/** Paints with Cornerstone3D on the graphics card. Its camera is told where to look; it is never asked. */
import {
  cache,
  Enums,
  init,
  metaData,
  RenderingEngine,
  type StackViewport,
  type Types,
  utilities,
} from '@cornerstonejs/core';
import { add, cross, scale } from '@promontory/core/geometry';
import type { ImagePlane, PixelFrame } from '../../images/index.ts';
import type { Painter, Picture } from './painter.ts';

/** Frames are kept by their own cache (`images/frame-cache.ts`), not a second time. */
const CORNERSTONE_CACHE_BYTES = 2 ** 26;

/** What is shown at this moment, by the image's id: all that the library may ask for. */
const shown = new Map<string, Picture>();

let engine: RenderingEngine | undefined;

function openEngine(): RenderingEngine {
  if (engine !== undefined) return engine;
  init({ debug: { statsOverlay: false } });
  cache.setMaxCacheSize(CORNERSTONE_CACHE_BYTES);
  metaData.addProvider(describe, 1000);
  engine = new RenderingEngine('promontory');
  return engine;
}

export function cornerstonePainter(element: HTMLDivElement, paneId: string): Painter {
  const own = openEngine();
  own.enableElement({
    viewportId: paneId,
    element,
    type: Enums.ViewportType.STACK,
    defaultOptions: { background: [0, 0, 0] },
  });
  const viewport = own.getViewport(paneId) as StackViewport;
  let current = '';
  let sizeKey = '';
  return {
    paint(picture) {
      const { view, window, isInverted, frame, key } = picture;
      const size = `${view.widthPx} ${view.heightPx} ${devicePixelRatio}`;
      if (size !== sizeKey) own.resize(true, true);
      sizeKey = size;
      const imageId = `promontory:${paneId}/${key}`;
      if (imageId !== current) {
        shown.delete(current);
        shown.set(imageId, picture);
        viewport.renderImageObject(imageOf(imageId, frame, view.plane));
        current = imageId;
      }
      const toReader = cross(view.axes.right, scale(view.axes.down, -1));
      viewport.setCamera({
        parallelProjection: true,
        parallelScale: view.heightPx / 2 / view.pxPerMm,
        focalPoint: [...view.middleMm],
        position: [...add(view.middleMm, scale(toReader, CAMERA_MM))],
        viewPlaneNormal: [...toReader],
        viewUp: [...scale(view.axes.down, -1)],
      });
      viewport.setProperties({
        voiRange: { lower: window.low, upper: Math.max(window.high, window.low + 1e-3) },
        invert: isInverted !== frame.isInverted,
      });
      viewport.render();
    },
    clear() {
      shown.delete(current);
      current = '';
      viewport.removeAllActors();
      viewport.render();
    },
    dispose() {
      shown.delete(current);
      own.disableElement(paneId);
    },
  };
}

/** Parallel projection: any distance does. */
const CAMERA_MM = 500;

function imageOf(imageId: string, frame: PixelFrame, plane: ImagePlane): Types.IImage {
  const { rows, columns, values, min, max, rgb } = frame;
  const data = rgb ?? values;
  const numberOfComponents = rgb === undefined ? 1 : 3;
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({
    width: columns,
    height: rows,
    scalarData: data,
    numberOfComponents,
  });
  return {
    imageId,
    minPixelValue: min,
    maxPixelValue: max,
    slope: 1,
    intercept: 0,
    windowCenter: (min + max) / 2,
    windowWidth: Math.max(1, max - min),
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => data,
    getCanvas: () => document.createElement('canvas'),
    rows,
    columns,
    height: rows,
    width: columns,
    color: rgb !== undefined,
    rgba: false,
    numberOfComponents,
    columnPixelSpacing: plane.spacingMm[0],
    rowPixelSpacing: plane.spacingMm[1],
    sliceThickness: plane.thicknessMm,
    invert: false,
    sizeInBytes: data.byteLength,
    dataType: data.constructor.name as Types.PixelDataTypedArrayString,
    voxelManager: voxelManager as NonNullable<Types.IImage['voxelManager']>,
  };
}

/** Metadata by the names that the library has for the modules of PS3.3. */
function describe(module: string, imageId: string): object | undefined {
  const picture = shown.get(imageId);
  if (picture === undefined) return undefined;
  const { plane } = picture.view;
  const { frame } = picture;
  const { MetadataModules } = Enums;
  switch (module) {
    case MetadataModules.IMAGE_PLANE:
      return {
        rows: plane.rows,
        columns: plane.columns,
        rowCosines: [...plane.rowDirection],
        columnCosines: [...plane.columnDirection],
        imageOrientationPatient: [...plane.rowDirection, ...plane.columnDirection],
        imagePositionPatient: [...plane.originMm],
        columnPixelSpacing: plane.spacingMm[0],
        rowPixelSpacing: plane.spacingMm[1],
        pixelSpacing: [plane.spacingMm[1], plane.spacingMm[0]],
        sliceThickness: plane.thicknessMm,
      };
    case MetadataModules.IMAGE_PIXEL:
      return {
        rows: frame.rows,
        columns: frame.columns,
        bitsAllocated: frame.rgb === undefined ? frame.values.BYTES_PER_ELEMENT * 8 : 8,
        bitsStored: frame.rgb === undefined ? 16 : 8,
        highBit: frame.rgb === undefined ? 15 : 7,
        samplesPerPixel: frame.rgb === undefined ? 1 : 3,
        pixelRepresentation: frame.rgb === undefined ? 1 : 0,
        // MONOCHROME1 is turned round by `invert`.
        photometricInterpretation: frame.rgb === undefined ? 'MONOCHROME2' : 'RGB',
      };
    case MetadataModules.GENERAL_SERIES:
      return { modality: 'MR' };
    case MetadataModules.MODALITY_LUT:
      return { rescaleSlope: 1, rescaleIntercept: 0 };
    case MetadataModules.VOI_LUT:
      return {
        windowCenter: [(picture.window.low + picture.window.high) / 2],
        windowWidth: [picture.window.high - picture.window.low],
      };
    default:
      return undefined;
  }
}
