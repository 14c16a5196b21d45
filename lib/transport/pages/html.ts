/** HTML that may be put into a page as it is. */
export interface Html {
  readonly html: string
}

type Part = string | number | Html | readonly Part[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** The literal's own text is HTML; whatever is put into it is text, unless it comes from here too. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const rest = parts.map((part, index) => render(part) + (literals[index + 1] ?? ''))
  return { html: (literals[0] ?? '') + rest.join('') }
}

function render(part: Part): string {
  if (typeof part === 'object') return 'html' in part ? part.html : part.map(render).join('')
  return String(part).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
