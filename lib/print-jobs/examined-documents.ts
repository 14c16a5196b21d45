import { LRUCache } from 'lru-cache'
import type { AwaitedWork } from './awaited-work.ts'

type Look = AwaitedWork<readonly string[]>

const DOCUMENTS_MAX = 5_000
/** Kinds of printers, and settings, that one document is printed with. */
const LOOKS_MAX = 20

/** What was found out about labels, by document and then by settings and kind of printer; each is looked at once. */
export class ExaminedDocuments {
  readonly #looks = new LRUCache<string, LRUCache<string, Look>>({ max: DOCUMENTS_MAX })

  get(documentKey: string, lookKey: string, look: () => Look): Look {
    const looks = this.#looks.get(documentKey) ?? new LRUCache<string, Look>({ max: LOOKS_MAX })
    this.#looks.set(documentKey, looks)
    const known = looks.get(lookKey)
    if (known) return known
    const begun = look()
    looks.set(lookKey, begun)
    // What was refused now may be known later.
    begun.result.catch(() => looks.delete(lookKey))
    return begun
  }

  /** Undefined as long as nobody knows. */
  find(documentKey: string, lookKey: string): readonly string[] | undefined {
    return this.#looks.get(documentKey)?.get(lookKey)?.found()
  }

  rename(documentKey: string, documentId: string): void {
    const looks = this.#looks.get(documentKey)
    if (looks && !this.#looks.has(documentId)) this.#looks.set(documentId, looks)
  }
}
