/** The bar over the panes: what the hand does, windows, layout, and what is drawn. */
import { type ReactNode, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover, ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { LayerTools, OverlayControls, useActiveTool } from '../layers/index.ts';
import { useBench } from './bench.tsx';
import { LAYOUTS, type Layout } from './hanging.ts';
import { KEYS } from './keys.ts';
import { GESTURES, useViewer } from './state.ts';
import { PRESETS } from './windows.ts';

/** Paths on a field of 20 by 20. */
const ICONS = {
  scroll: 'M4 5h12M4 10h12M4 15h12M10 1v2M10 17v2',
  window: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  pan: 'M10 2v16M2 10h16M10 2 8 4M10 2l2 2M10 18l-2-2M10 18l2-2M2 10l2-2M2 10l2 2M18 10l-2-2M18 10l-2 2',
  zoom: 'M8.500 3a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11zM13 13l5 5M6 8.500h5M8.500 6v5',
  'cross-hair': 'M10 1v7M10 12v7M1 10h7M12 10h7',
} as const;

interface Props {
  readonly hasSpine: boolean;
  /** Absent where there is no reading to make a spine of. */
  readonly showSpine?: (isShown: boolean) => void;
  readonly children?: ReactNode;
}

export function Tools({ hasSpine, showSpine, children }: Props) {
  const { t } = useTranslation('viewer');
  const { store } = useBench();
  const gesture = useViewer(store, (s) => s.gesture);
  const { tool, choose } = useActiveTool();
  return (
    <div className="viewer-tools" role="toolbar" aria-label={t('tools')}>
      <div className="tool-group">
        {GESTURES.map((each) => (
          <ToggleButton
            key={each}
            className="tool"
            aria-label={t(`gesture.${each}`)}
            isSelected={tool === undefined && gesture === each}
            onChange={() => {
              choose(undefined);
              store.set({ gesture: each });
            }}
          >
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d={ICONS[each]} />
            </svg>
          </ToggleButton>
        ))}
      </div>
      <LayerTools />
      <Drop label={t('image')}>
        <ImageMenu />
      </Drop>
      <Drop label={t('layout')}>
        <LayoutMenu />
      </Drop>
      <Drop label={t('overlays')}>
        <OverlayControls />
      </Drop>
      {showSpine !== undefined && (
        <ToggleButton
          className="tool worded"
          aria-keyshortcuts="Shift+D"
          isSelected={hasSpine}
          onChange={showSpine}
        >
          3-D<span className="visually-hidden"> {t('spine')}</span>
        </ToggleButton>
      )}
      {children}
    </div>
  );
}

/** A button that opens a small panel. */
export function Drop({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button className="tool worded">
        {label} <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="viewer-drop" placement="bottom start">
        <Dialog aria-label={label}>{children}</Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function ImageMenu() {
  const { t } = useTranslation('viewer');
  const { store } = useBench();
  const active = useViewer(store, (s) => s.active);
  const pane = useViewer(store, (s) => s.panes[s.active]);
  const cineFps = useViewer(store, (s) => s.cineFps);
  return (
    <div className="drop-body">
      <fieldset>
        <legend>{t('window')}</legend>
        {PRESETS.map((preset) => (
          <label key={preset}>
            <input
              type="radio"
              name="preset"
              checked={pane.window === undefined && pane.preset === preset}
              onChange={() => KEYS.setPreset(store, preset)}
            />
            {t(`preset.${preset}`)}
          </label>
        ))}
      </fieldset>
      <label>
        <input
          type="checkbox"
          checked={pane.isInverted}
          onChange={() => store.setPane(active, { isInverted: !pane.isInverted })}
        />
        {t('invert')} <kbd>I</kbd>
      </label>
      <label>
        <input type="checkbox" checked={cineFps !== undefined} onChange={() => KEYS.toggleCine(store)} />
        {t('cine')} <kbd>R</kbd>
      </label>
      <label>
        {t('cine-speed')}
        <input
          type="range"
          min={1}
          max={30}
          value={cineFps ?? KEYS.usualFps}
          aria-valuetext={t('frames-per-second', { fps: cineFps ?? KEYS.usualFps })}
          disabled={cineFps === undefined}
          onChange={(event) => store.set({ cineFps: event.target.valueAsNumber })}
        />
      </label>
      <div className="drop-buttons">
        <button type="button" className="button" onClick={() => KEYS.zoom(store, 1.25)}>
          {t('larger')} <kbd>+</kbd>
        </button>
        <button type="button" className="button" onClick={() => KEYS.zoom(store, 0.8)}>
          {t('smaller')} <kbd>−</kbd>
        </button>
        <button type="button" className="button" onClick={() => KEYS.fit(store)}>
          {t('fit')} <kbd>F</kbd>
        </button>
        <button type="button" className="button" onClick={() => KEYS.reset(store)}>
          {t('reset')} <kbd>Z</kbd>
        </button>
      </div>
    </div>
  );
}

function LayoutMenu() {
  const { t } = useTranslation('viewer');
  const { store } = useBench();
  const layout = useViewer(store, (s) => s.layout);
  const hasLines = useViewer(store, (s) => s.hasLines);
  const isSynced = useViewer(store, (s) => s.isSynced);
  const choices: readonly Layout[] = [...LAYOUTS, 'mpr'];
  return (
    <div className="drop-body">
      <fieldset>
        <legend>{t('layout')}</legend>
        {choices.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="layout"
              checked={layout === each}
              onChange={() => store.setLayout(each)}
            />
            {t(`layout.${each}`)}
          </label>
        ))}
      </fieldset>
      <label>
        <input type="checkbox" checked={hasLines} onChange={() => store.set({ hasLines: !hasLines })} />
        {t('lines')} <kbd>T</kbd>
      </label>
      <label>
        <input type="checkbox" checked={isSynced} onChange={() => store.set({ isSynced: !isSynced })} />
        {t('synced')} <kbd>H</kbd>
      </label>
    </div>
  );
}
