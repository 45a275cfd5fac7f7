import { Component, type ReactNode } from 'react';
import { Translation } from 'react-i18next';
import { Problem } from '../look/index.ts';

/** What is shown in place of a part of the page that failed; the rest goes on. Marks are safe: they are journalled first. */
export class Failure extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Translation ns="app">
        {(t) => (
          <main>
            <Problem title={t('broken.title')}>
              <p>{t('broken.text')}</p>
              <button type="button" className="button" onClick={() => location.reload()}>
                {t('reload')}
              </button>
            </Problem>
          </main>
        )}
      </Translation>
    );
  }
}
