/** The surfaces in a picture that can be turned: vtk.js behind few words. Patient coordinates, LPS mm. */
import '@kitware/vtk.js/Rendering/Profiles/Geometry';
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray';
import vtkPlane from '@kitware/vtk.js/Common/DataModel/Plane';
import vtkPolyData from '@kitware/vtk.js/Common/DataModel/PolyData';
import vtkInteractorStyleTrackballCamera from '@kitware/vtk.js/Interaction/Style/InteractorStyleTrackballCamera';
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor';
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper';
import vtkRenderer from '@kitware/vtk.js/Rendering/Core/Renderer';
import vtkRenderWindow from '@kitware/vtk.js/Rendering/Core/RenderWindow';
import vtkRenderWindowInteractor from '@kitware/vtk.js/Rendering/Core/RenderWindowInteractor';
import vtkOpenGLRenderWindow from '@kitware/vtk.js/Rendering/OpenGL/RenderWindow';
import type { Vec3 } from '@promontory/core/geometry';
import type { LabelSurface } from './label-surface.ts';

export interface SurfaceLook {
  /** sRGB, 0–1. */
  readonly colour: Vec3;
  readonly opacity: number;
  readonly isShown: boolean;
}

export type ViewFrom = 'behind' | 'left' | 'front' | 'above';
/** Where the eye stands, seen from the middle, and what is up. LPS. */
const VIEWS: Readonly<Record<ViewFrom, { readonly eye: Vec3; readonly up: Vec3 }>> = {
  behind: { eye: [0, 1, 0], up: [0, 0, 1] },
  left: { eye: [1, 0, 0], up: [0, 0, 1] },
  front: { eye: [0, -1, 0], up: [0, 0, 1] },
  above: { eye: [0, 0, 1], up: [0, -1, 0] },
};

export interface SpineScene {
  add(surface: LabelSurface, look: SurfaceLook): void;
  change(value: number, look: SurfaceLook): void;
  /** Nothing is shown on the side of the plane to which the normal points; `undefined` shows all. */
  clip(plane: { readonly pointMm: Vec3; readonly normal: Vec3 } | undefined): void;
  lookFrom(view: ViewFrom): void;
  /** Degrees, to the side and upwards. */
  turn(sideways: number, upwards: number): void;
  zoom(factor: number): void;
  /** Canvas px of the top left corner, and how far away: for names that stand beside. */
  toCanvas(point: Vec3): { readonly x: number; readonly y: number };
  readonly extentMm: () => readonly [Vec3, Vec3] | undefined;
  resize(): void;
  close(): void;
}

/** @throws where the browser gives no WebGL 2 context */
export function openScene(container: HTMLElement, onDrawn: () => void): SpineScene {
  const renderWindow = vtkRenderWindow.newInstance();
  const renderer = vtkRenderer.newInstance({ background: [0.047, 0.063, 0.078] });
  renderWindow.addRenderer(renderer);
  const view = vtkOpenGLRenderWindow.newInstance();
  view.setContainer(container);
  renderWindow.addView(view);
  const interactor = vtkRenderWindowInteractor.newInstance();
  interactor.setView(view);
  interactor.initialize();
  interactor.bindEvents(container);
  interactor.setInteractorStyle(vtkInteractorStyleTrackballCamera.newInstance());
  const plane = vtkPlane.newInstance();
  const actors = new Map<number, { actor: vtkActor; mapper: vtkMapper }>();
  let isClipped = false;
  let isPlaced = false;
  const listening = interactor.onAnimation(() => onDrawn());
  const ended = interactor.onEndAnimation(() => onDrawn());

  const draw = (): void => {
    renderer.resetCameraClippingRange();
    renderWindow.render();
    onDrawn();
  };
  const apply = (actor: vtkActor, { colour, opacity, isShown }: SurfaceLook): void => {
    const property = actor.getProperty();
    property.setColor(colour[0], colour[1], colour[2]);
    property.setOpacity(opacity);
    property.setAmbient(0.18);
    property.setDiffuse(0.82);
    property.setSpecular(0.12);
    property.setSpecularPower(12);
    actor.setVisibility(isShown);
  };
  const lookFrom = (from: ViewFrom): void => {
    const { eye, up } = VIEWS[from];
    const camera = renderer.getActiveCamera();
    const bounds = renderer.computeVisiblePropBounds();
    const middle = [0, 2, 4].map((a) => (bounds[a] + bounds[a + 1]) / 2);
    camera.setFocalPoint(middle[0], middle[1], middle[2]);
    camera.setPosition(middle[0] + eye[0], middle[1] + eye[1], middle[2] + eye[2]);
    camera.setViewUp(up[0], up[1], up[2]);
    camera.setViewAngle(30);
    renderer.resetCamera(bounds);
    // The sphere round the spine is wider than the spine.
    camera.dolly(1.08);
    draw();
  };

  return {
    add({ value, positions, normals, triangles }, look) {
      const polys = new Uint32Array((triangles.length / 3) * 4);
      for (let t = 0, p = 0; t < triangles.length; t += 3) {
        polys[p++] = 3;
        polys[p++] = triangles[t];
        polys[p++] = triangles[t + 1];
        polys[p++] = triangles[t + 2];
      }
      const data = vtkPolyData.newInstance();
      data.getPoints().setData(positions, 3);
      data.getPolys().setData(polys);
      const turned = vtkDataArray.newInstance({ name: 'Normals', numberOfComponents: 3, values: normals });
      data.getPointData().setNormals(turned);
      const mapper = vtkMapper.newInstance();
      mapper.setInputData(data);
      mapper.setScalarVisibility(false);
      if (isClipped) mapper.addClippingPlane(plane);
      const actor = vtkActor.newInstance();
      actor.setMapper(mapper);
      apply(actor, look);
      renderer.addActor(actor);
      actors.set(value, { actor, mapper });
      if (isPlaced) draw();
      else {
        isPlaced = true;
        lookFrom('left');
      }
    },
    change(value, look) {
      const known = actors.get(value);
      if (known !== undefined) apply(known.actor, look);
      draw();
    },
    clip(cut) {
      isClipped = cut !== undefined;
      if (cut !== undefined) {
        plane.setOrigin(cut.pointMm[0], cut.pointMm[1], cut.pointMm[2]);
        // vtk keeps the side to which the normal points.
        plane.setNormal(-cut.normal[0], -cut.normal[1], -cut.normal[2]);
      }
      for (const { mapper } of actors.values()) {
        mapper.removeAllClippingPlanes();
        if (cut !== undefined) mapper.addClippingPlane(plane);
      }
      draw();
    },
    lookFrom,
    turn(sideways, upwards) {
      const camera = renderer.getActiveCamera();
      camera.azimuth(sideways);
      camera.elevation(upwards);
      camera.orthogonalizeViewUp();
      draw();
    },
    zoom(factor) {
      renderer.getActiveCamera().dolly(factor);
      draw();
    },
    toCanvas(point) {
      const { width, height } = container.getBoundingClientRect();
      const seen = renderer.worldToNormalizedDisplay(
        point[0],
        point[1],
        point[2],
        width / Math.max(1, height),
      );
      return { x: seen[0] * width, y: (1 - seen[1]) * height };
    },
    extentMm() {
      const b = renderer.computeVisiblePropBounds();
      return b[0] > b[1]
        ? undefined
        : [
            [b[0], b[2], b[4]],
            [b[1], b[3], b[5]],
          ];
    },
    resize() {
      const { width, height } = container.getBoundingClientRect();
      const density = Math.min(2, window.devicePixelRatio);
      view.setSize(Math.max(1, Math.round(width * density)), Math.max(1, Math.round(height * density)));
      draw();
    },
    close() {
      listening.unsubscribe();
      ended.unsubscribe();
      interactor.unbindEvents();
      interactor.delete();
      for (const { actor, mapper } of actors.values()) {
        renderer.removeActor(actor);
        actor.delete();
        mapper.delete();
      }
      renderer.delete();
      view.setContainer(null as unknown as HTMLElement);
      view.delete();
      renderWindow.delete();
    },
  };
}

export const hasWebGl2 = (): boolean => document.createElement('canvas').getContext('webgl2') !== null;
