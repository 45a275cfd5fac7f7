/** What a page says while it waits, where there is nothing, and where something went wrong. */
import type { ReactNode } from 'react';
import './states.css';

export const Busy = ({ text }: { readonly text: string }) => (
  <p className="state" role="status">
    <span className="state-turning" aria-hidden="true" />
    {text}
  </p>
);

export const Empty = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <div className="state state-empty">
    <h2>{title}</h2>
    {children}
  </div>
);

/** `children`: what to do about it. */
export const Problem = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <div className="state state-problem notice" role="alert">
    <h2>{title}</h2>
    {children}
  </div>
);
