import type { Caller } from '../access/caller.ts'
import type { StoredDocument } from '../documents/document.ts'
import { withFile } from '../documents/removed-file.ts'
import { InvalidError } from '../errors.ts'
import type { Instruction } from '../instructions/instruction.ts'
import { TARGET_STOCKS } from '../printers/print-target.ts'
import { UnreadableError } from '../rendering/rendering.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { instructionOf, readScene, requireShown } from './packing-scene.ts'
import type { PackingTarget } from './packing-service.ts'

/** One page of the file of an instruction, as it will be printed. */
export interface PackingPicture {
  readonly page: number
  readonly pages: number
  readonly png: Uint8Array
}

/** Fills the height of a large screen; between what a page needs to be read and what a label printer can show. */
const LONGER_SIDE_DOTS = 1_200
const DPI_MIN = 72
const DPI_MAX = 203
const POINTS_PER_INCH = 72

/** Throws NotFoundError, and InvalidError where there is no file (any more), no such page, or one that can't be drawn. */
export async function pictureOf(
  dependencies: PackingDependencies,
  caller: Caller,
  { target, page }: { readonly target: PackingTarget; readonly page: number },
): Promise<PackingPicture> {
  const { db, orders } = dependencies
  const pack = await orders.getPackage(db, target.packageId)
  const order = await orders.getOrder(caller, pack.orderUniqueId)
  const scene = await readScene(dependencies, db, order, pack)
  const instruction = instructionOf(scene, requireShown(scene, pack, target))
  const { document } = instruction
  if (!document) {
    throw new InvalidError(null, 'invalid_status', `instruction ${target.instructionId} has no file`)
  }
  if (page > document.pageCount) {
    throw new InvalidError('page', 'invalid', `page must be <= ${document.pageCount}`)
  }
  return { page, pages: document.pageCount, png: await draw(dependencies, { instruction, document, page }) }
}

async function draw(
  { db, documents, rendering }: PackingDependencies,
  drawn: { readonly instruction: Instruction; readonly document: StoredDocument; readonly page: number },
): Promise<Uint8Array> {
  const { instruction, document, page } = drawn
  const stock = TARGET_STOCKS[instruction.printTarget ?? 'LASER'].page
  const read = () => documents.read(db, document.documentId)
  const { bytes } = await withFile(instruction.fileName ?? 'Document', read)
  try {
    if (!document.mediaType.startsWith('image/')) {
      const { firstPageWidthPt: width, firstPageHeightPt: height } = document
      return await rendering.drawPage(bytes, page, dpiFor(width, height))
    }
    const pdf = await rendering.wrapImage(bytes, stock)
    return await rendering.drawPage(pdf, page, dpiFor(stock.widthPt, stock.heightPt))
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error
    throw new InvalidError('page', error.reason, `page ${page} cannot be drawn: ${error.message}`)
  }
}

function dpiFor(widthPt: number, heightPt: number): number {
  const wanted = (LONGER_SIDE_DOTS * POINTS_PER_INCH) / Math.max(widthPt, heightPt)
  return Math.round(Math.min(DPI_MAX, Math.max(DPI_MIN, wanted)))
}
