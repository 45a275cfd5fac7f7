import { type ReactNode, useEffect, useState } from 'react';
import { Failure } from './failure.tsx';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import type { Shortcuts } from './shortcuts.ts';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The frame of every page: bar, content, help for the keys of the rooms that stand in it. */
export function Page(props: { readonly rooms: readonly Shortcuts[]; readonly children: ReactNode }) {
  const [isHelpOpen, setHelpOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === '?' && !isTyping(event.target)) setHelpOpen(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <div className="page">
      <Header openHelp={() => setHelpOpen(true)} />
      <Failure>{props.children}</Failure>
      <Help rooms={props.rooms} isOpen={isHelpOpen} setOpen={setHelpOpen} />
    </div>
  );
}
