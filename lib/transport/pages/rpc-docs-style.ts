import { PAGE_STYLE } from './page-style.ts'

export const RPC_DOCS_STYLE = `${PAGE_STYLE}pre code { font-size: inherit }
.frame { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 78rem; margin: 0 auto }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line) }
nav h2 { margin: 1rem 0 .25rem; font-size: .8125rem; font-weight: 600; color: var(--quiet) }
nav ul { margin: 0; padding: 0; list-style: none; font-size: .9375rem }
main { padding: 1.5rem 2rem 4rem }
main > pre { margin-bottom: 1.5rem }
h1 { margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.2 }
section { padding: 1.5rem 0; border-top: 1px solid var(--line) }
section h2 { margin: 0; font: 600 1.25rem/1.3 ui-monospace, "DejaVu Sans Mono", monospace }
section h2 + p { margin: .25rem 0 }
h3, main > h2 { margin: 1.25rem 0 .375rem; font-size: .9375rem }
.quiet { color: var(--quiet); font-size: .9375rem }
.table { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9375rem }
th { text-align: left; font-weight: 600; color: var(--quiet) }
th, td { padding: .3125rem .75rem .3125rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
td:first-child { white-space: nowrap }
th:first-child { width: 36% }
th:nth-child(2) { width: 22% }
.faults th:nth-child(-n + 2) { width: 8rem }
pre { margin: 0; padding: .75rem 1rem; overflow-x: auto; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; line-height: 1.45 }
@media (max-width: 50rem) {
  .frame { grid-template-columns: minmax(0, 1fr) }
  nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem }
  nav { position: static; max-height: none; border-right: 0; border-bottom: 1px solid var(--line) }
  main { padding: 1rem }
}
`
