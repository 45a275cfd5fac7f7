/** Where letters are written: keys of the page do nothing there. */
export const TYPED_INTO = 'input, textarea, select, [contenteditable="true"], [role="textbox"]';
