import { useTranslation } from 'react-i18next';
import type { Engine } from './reading/messages.ts';

/** By what the networks run, and what the start-up probe said. */
export function useEngineWords(): (engine: Engine) => readonly string[] {
  const { t, i18n } = useTranslation('alone');
  const whole = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 });
  return ({ provider, threads, probe }) => {
    const lines = [provider === 'wasm' ? t('engine.wasm', { count: threads }) : t('engine.webgpu')];
    if (probe === undefined) return lines;
    const told =
      'failed' in probe
        ? t('engine.probe-failed')
        : t('engine.probe', { wasm: whole.format(probe.wasmMs), webgpu: whole.format(probe.webgpuMs) });
    return [...lines, told];
  };
}
