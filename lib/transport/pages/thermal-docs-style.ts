import { PAGE_STYLE } from './page-style.ts'

/** Editors and receipt beside each other, each with its own scroll bar; one below the other where the window is narrow. */
export const THERMAL_DOCS_STYLE = `${PAGE_STYLE}
body { display: flex; flex-direction: column; height: 100vh; padding: 1rem 1.5rem; gap: .75rem }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.2 }
header p { margin: .25rem 0 0; color: var(--quiet); font-size: .9375rem }
form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end }
label { display: grid; grid-template-columns: minmax(0, auto); max-width: 100%; gap: .125rem; font-size: .8125rem; font-weight: 600; color: var(--quiet) }
input, select, textarea { padding: .375rem .5rem; border: 1px solid light-dark(#8b93a1, #667084); border-radius: 4px; background: light-dark(#fff, #0e1116); color: var(--text); font-weight: 400 }
input, select { height: 2.25rem; font: 400 .9375rem/1.5 system-ui, sans-serif }
input[type=password] { width: 22rem; max-width: 100% }
#printer { width: 14rem }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px }
main { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) 632px; gap: 1rem }
.editor { display: grid; grid-template-rows: auto minmax(0, 1fr); gap: .25rem; min-height: 0 }
.editors { display: grid; grid-template-rows: minmax(0, 3fr) minmax(0, 2fr); gap: .75rem; min-height: 0 }
textarea { width: 100%; min-height: 6rem; resize: none; line-height: 1.45; font-size: .8125rem; white-space: pre; overflow: auto; tab-size: 2 }
.receipt { display: grid; grid-template-rows: auto minmax(0, 1fr); gap: .25rem; min-height: 0 }
h2 { margin: 0; font-size: .8125rem; font-weight: 600; color: var(--quiet) }
.roll { position: relative; overflow: auto; padding: .5rem; background: var(--soft); border: 1px solid var(--line); border-radius: 4px; text-align: center }
.roll img { max-width: 100%; background: #fff; padding: 10px; box-shadow: 0 1px 4px light-dark(#0003, #000a) }
.roll.old img { opacity: .35 }
#words { margin: 0 0 .75rem; text-align: left; overflow-wrap: anywhere }
#words:empty { display: none }
#words.wrong { padding: .5rem .75rem; border-left: 3px solid light-dark(#b3261e, #ff8a80); background: light-dark(#fdecea, #3a1d1c) }
@media (max-width: 75rem) {
  body { height: auto }
  main { grid-template-columns: minmax(0, 1fr) }
  .editors { grid-template-rows: auto auto }
  .editor textarea { height: 20rem }
  .roll { max-height: none }
}
`
