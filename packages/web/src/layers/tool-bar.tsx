/** Tools for the viewer's bar: measuring, editing, and what is drawn. */
import { MEASURING_TOOLS, type MeasuringTool } from '@promontory/core/review';
import { useTranslation } from 'react-i18next';
import { useRoom, useStudy } from '../study/index.ts';
import { endEditing, startEditing, useEditMode } from './editing/edit-mode.ts';
import { chooseTool, TOOL_KEYS, useActiveTool } from './measuring/active-tool.ts';
import {
  changeOverlay,
  toggleOverlay,
  toggleStructure,
  useOverlaySettings,
} from './overlay/overlay-settings.ts';
import { STRUCTURES, STYLE } from './overlay/structures.ts';
import './layers.css';

const ICONS: Readonly<Record<MeasuringTool, string>> = {
  length: 'M4 16 16 4M2 14l4 4M14 2l4 4',
  angle: 'M17 16H3L13 4M9 16a7 7 0 0 0-1.5-5',
  cobb: 'M2 5l16 3M2 16l16-4',
  ellipse: 'M10 4c5 0 8 2.500 8 6s-3 6-8 6-8-2.500-8-6 3-6 8-6z',
  area: 'M4 6 12 3l5 6-3 8-9-2z',
  slip: 'M3 4h10v5H3zM7 12h10v5H7z',
  'canal-diameter': 'M4 3v14M16 3v14M6 10h8M8 8l-2 2 2 2M12 8l2 2-2 2',
};
const KEY_OF = Object.fromEntries(Object.entries(TOOL_KEYS).map(([key, tool]) => [tool, key]));

/** Buttons of the measuring tools and of outline editing; pressed while in the hand. */
export function LayerTools() {
  const { t } = useTranslation('layers');
  const { tool } = useActiveTool();
  const { mayReview } = useRoom();
  const { reading, isReadingHidden } = useStudy();
  const editMode = useEditMode();
  return (
    <div className="layer-tools" role="toolbar" aria-label={t('tools.label')}>
      {MEASURING_TOOLS.map((each) => (
        <button
          key={each}
          type="button"
          className="button"
          title={t('tools.title', { name: t(`tool.${each}`), key: KEY_OF[each]?.toUpperCase() })}
          aria-label={t(`tool.${each}`)}
          aria-pressed={tool === each}
          aria-keyshortcuts={KEY_OF[each]}
          disabled={!mayReview}
          onClick={() => chooseTool(tool === each ? undefined : each)}
        >
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d={ICONS[each]} />
          </svg>
        </button>
      ))}
      <button
        type="button"
        className="button"
        title={t('tools.title', { name: t('editing.label'), key: 'K' })}
        aria-label={t('editing.label')}
        aria-pressed={editMode.isOn}
        aria-keyshortcuts="k"
        disabled={!mayReview || isReadingHidden || reading?.outline === undefined}
        onClick={() => {
          chooseTool(undefined);
          if (editMode.isOn) endEditing();
          else startEditing();
        }}
      >
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M3 12c2-6 5-8 8-7s5 4 6 8M2 11h3v3H2zM9.500 3.500h3v3h-3zM15 12h3v3h-3z" />
        </svg>
      </button>
    </div>
  );
}

/** Shown or not, how strong, and which structures: for a menu or a panel. */
export function OverlayControls() {
  const { t, i18n } = useTranslation('layers');
  const { isShown, strength, structures, names } = useOverlaySettings();
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent' }).format(strength);
  return (
    <div className="overlay-controls">
      <label>
        <input type="checkbox" checked={isShown} onChange={toggleOverlay} aria-keyshortcuts="o" />
        {t('overlay.shown')} <kbd>O</kbd>
      </label>
      <label>
        {t('overlay.strength')}
        <input
          type="range"
          min={0.1}
          max={1}
          step={0.05}
          value={strength}
          aria-valuetext={percent}
          disabled={!isShown}
          onChange={(event) => changeOverlay({ strength: event.target.valueAsNumber })}
        />
        <span>{percent}</span>
      </label>
      <fieldset disabled={!isShown}>
        <legend className="visually-hidden">{t('overlay.structures')}</legend>
        {STRUCTURES.map((structure) => (
          <label key={structure}>
            <input
              type="checkbox"
              checked={structures.has(structure)}
              onChange={() => toggleStructure(structure)}
            />
            <svg viewBox="0 0 36 16" aria-hidden="true">
              <path
                d="M3 8H33"
                stroke={STYLE[structure].colour}
                strokeWidth={2.5}
                strokeDasharray={STYLE[structure].dash}
              />
            </svg>
            {t(`structures.${structure}`)}
          </label>
        ))}
        <label>
          <input type="checkbox" checked={names} onChange={() => changeOverlay({ names: !names })} />
          {t('overlay.names')}
        </label>
      </fieldset>
    </div>
  );
}
