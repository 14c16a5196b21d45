/** What the pages for people share: colours by the reader's scheme, type, links. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9e0, #3a404b); --soft: light-dark(#f4f6f9, #1d222b); --quiet: light-dark(#596273, #9aa4b5); --text: light-dark(#1a1f28, #e4e8ef); --link: light-dark(#0b5cad, #7ab8ff) }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #13171e); color: var(--text) }
a { color: var(--link); text-decoration: none }
a:hover, a:focus-visible { text-decoration: underline }
code, pre, textarea { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .875em }
`
