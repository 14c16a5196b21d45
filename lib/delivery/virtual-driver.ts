import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { notSent, printed, unreachable } from './delivery-result.ts'
import type { Delivery, DeliveryContext, DeliveryResult, Driver } from './driver.ts'

export interface VirtualDriverOptions {
  /** The folder of all virtual printers: `DATA_DIR/virtual-printers`. */
  readonly folder: string
  readonly printerName: string
  /** One page of a PDF as PNG; `page` counts from 1. */
  readonly drawPage: (pdf: Uint8Array, page: number, dpi: number) => Promise<Uint8Array>
  readonly countPages: (pdf: Uint8Array) => Promise<number>
}

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['application/pdf', 'pdf'],
  ['image/png', 'png'],
  ['image/jpeg', 'jpg'],
  ['application/vnd.zebra-zpl', 'zpl'],
])
const NAME_OCTETS_MAX = 120
/** Labels bear names and addresses: other accounts of the machine read none. */
export const PRIVATE_FOLDER = 0o700
export const PRIVATE_FILE = 0o600
const PICTURES_MAX = 10
/** 8 dots per millimetre, as most label printers have. */
const PICTURE_DPI = 203
/** A job id that comes again so often is a fault that one more file wouldn't show better. */
const DELIVERIES_MAX = 1000

/** A printer that is a folder: keeps what a real one would have been sent, and a picture of it. */
export class VirtualDriver implements Driver {
  readonly #options: VirtualDriverOptions
  readonly #folder: string

  constructor(options: VirtualDriverOptions) {
    this.#options = options
    this.#folder = join(options.folder, safeName(options.printerName))
  }

  async deliver(delivery: Delivery, context: DeliveryContext): Promise<DeliveryResult> {
    const bytesOffered = delivery.bytes.length
    const refused = { bytesOffered, next: 'retry', reason: null } as const
    if (context.signal.aborted) return notSent({ ...refused, detail: 'stopped by the server' })
    try {
      await mkdir(this.#folder, { recursive: true, mode: PRIVATE_FOLDER })
      // One that was there may be older than that rule, or somebody else's, who keeps it as it is.
      await chmod(this.#folder, PRIVATE_FOLDER).catch(() => undefined)
      const refusal = await context.beforeFirstByte().catch((cause: unknown) => cause ?? new Error())
      if (refusal !== undefined) return notSent({ ...refused, detail: 'sending was not permitted' })
      const stem = await this.#keep(delivery)
      const complaint = await this.#illustrate(stem, delivery)
      return printed('confirmed', {
        bytesOffered,
        bytesWritten: bytesOffered,
        detail: `kept as ${stem}${complaint}`,
      })
    } catch (error) {
      // The folder is full, read-only or gone: nothing of the document is in it.
      return unreachable(bytesOffered, error instanceof Error ? error.message : String(error))
    }
  }

  async close(): Promise<void> {}

  /** A second delivery of one job is a double print and must be seen: it gets a file of its own. */
  async #keep(delivery: Delivery): Promise<string> {
    const id = safeName(delivery.jobId)
    const extension = EXTENSIONS.get(delivery.mediaType) ?? 'bin'
    for (let count = 1; count <= DELIVERIES_MAX; count += 1) {
      const stem = count === 1 ? id : `${id}.${count}`
      if (await this.#write(`${stem}.${extension}`, delivery.bytes)) return stem
    }
    throw new Error(`${id} was delivered ${DELIVERIES_MAX} times`)
  }

  /** The paper is out by now: what goes wrong here is told and changes nothing. */
  async #illustrate(stem: string, delivery: Delivery): Promise<string> {
    try {
      const isPdf = delivery.mediaType === 'application/pdf'
      const pages = isPdf ? await this.#options.countPages(delivery.bytes) : null
      await this.#write(
        `${stem}.json`,
        Buffer.from(`${JSON.stringify(this.#record(delivery, pages), null, 2)}\n`),
      )
      if (delivery.picture) await this.#write(`${stem}.png`, delivery.picture)
      for (let page = 1; page <= Math.min(pages ?? 0, PICTURES_MAX); page += 1) {
        const picture = await this.#options.drawPage(delivery.bytes, page, PICTURE_DPI)
        await this.#write(page === 1 ? `${stem}.png` : `${stem}-${page}.png`, picture)
      }
      return ''
    } catch (error) {
      return `; without a picture: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  #record(delivery: Delivery, pages: number | null): object {
    return {
      printer: this.#options.printerName,
      job_name: delivery.jobName,
      copies: delivery.copies,
      media_type: delivery.mediaType,
      bytes: delivery.bytes.length,
      pages,
      printed_at: new Date().toISOString(),
    }
  }

  /**
   * The whole file or none, on the disk: false if one of that name is there. A link instead of a rename, which would
   * replace it without a word.
   */
  async #write(name: string, bytes: Uint8Array): Promise<boolean> {
    const temporary = join(this.#folder, `.${randomUUID()}.tmp`)
    try {
      const file = await open(temporary, 'wx', PRIVATE_FILE)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await link(temporary, join(this.#folder, name))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    } finally {
      // The document may be kept by now: a name too many is no failure.
      await rm(temporary, { force: true }).catch(() => undefined)
    }
  }
}

/** `../Label: 4x6` is `_Label_ 4x6`: one folder or file name, in any file system, that leads nowhere else. */
export function safeName(name: string): string {
  const safe = name.normalize('NFC').replace(/[^\p{L}\p{N} ._()#-]+/gu, '_')
  const cut = Buffer.from(safe.replace(/^\.+/, '')).subarray(0, NAME_OCTETS_MAX).toString('utf8')
  return cut.replace(/\uFFFD+$/, '').replace(/[. ]+$/, '') || 'unnamed'
}
