import { LRUCache } from 'lru-cache'

type Warnings = Promise<readonly string[]>

const DOCUMENTS_MAX = 5_000
/** Kinds of printers, and settings, that one document is printed with. */
const LOOKS_MAX = 20

/** What was found out about labels, by document and then by settings and kind of printer; each is looked at once. */
export class ExaminedDocuments {
  readonly #looks = new LRUCache<string, LRUCache<string, Warnings>>({ max: DOCUMENTS_MAX })

  get(documentKey: string, lookKey: string, look: () => Warnings): Warnings {
    const looks = this.#looks.get(documentKey) ?? new LRUCache<string, Warnings>({ max: LOOKS_MAX })
    this.#looks.set(documentKey, looks)
    const known = looks.get(lookKey)
    if (known) return known
    const warnings = look()
    looks.set(lookKey, warnings)
    // What was refused now may be known later.
    warnings.catch(() => looks.delete(lookKey))
    return warnings
  }

  rename(documentKey: string, documentId: string): void {
    const looks = this.#looks.get(documentKey)
    if (looks && !this.#looks.has(documentId)) this.#looks.set(documentId, looks)
  }
}
