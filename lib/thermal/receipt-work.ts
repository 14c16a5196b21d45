/** What a worker thread does of the thermal printing: all that is too much for the main thread. */
import type { DecodeGrey } from './grey-picture.ts'
import { type JsonValue, parseJson } from './json-text.ts'
import { writeJson } from './json-writing.ts'
import { asObject, member } from './lenient.ts'
import { drawReceipt, renderReceipt } from './receipt.ts'
import { layoutInput, type MadeReceipt, type ReceiptOrder } from './receipt-order.ts'
import { MessageError, type MessageFault, outlineOf, parseMessage } from './sent-message.ts'
import { readTemplate } from './template-reading.ts'
import { ThermalError } from './thermal-error.ts'

/** `bytes`: a message's text in UTF-8. */
export type ThermalTask =
  | ({ readonly kind: 'makeReceipt'; readonly bytes: Uint8Array } & ReceiptOrder)
  | { readonly kind: 'outlineMessage'; readonly bytes: Uint8Array }
  /** Of the message's member of that name. */
  | { readonly kind: 'readTemplate'; readonly bytes: Uint8Array; readonly name: string }

const KINDS: readonly string[] = [
  'makeReceipt',
  'outlineMessage',
  'readTemplate',
] satisfies ThermalTask['kind'][]

export function isThermalTask(task: { readonly kind: string }): task is ThermalTask {
  return KINDS.includes(task.kind)
}

export interface ThermalResults {
  readonly makeReceipt: MadeReceipt | ThermalRefusal
  /** JSON of `outlineOf`. */
  readonly outlineMessage: { readonly outline: string } | ThermalRefusal
  readonly readTemplate: ReadTemplate | ThermalRefusal
}

/** A ThermalError, which a clone would not keep. */
export interface ThermalRefusal {
  readonly refusal: string
  /** Of a MessageError. */
  readonly fault: MessageFault | null
}

/** A template that can be printed with. */
export interface ReadTemplate {
  readonly documentType: string
  /** JSON, whose numbers keep their digits. */
  readonly text: string
}

/** A byte order mark stays, and is no JSON: as in the main thread. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

export async function doThermalWork(
  task: ThermalTask,
  decodeGrey: DecodeGrey,
): Promise<ThermalResults[ThermalTask['kind']]> {
  try {
    return await work(task, UTF8.decode(task.bytes), decodeGrey)
  } catch (error) {
    if (!(error instanceof ThermalError)) throw error
    return { refusal: error.message, fault: error instanceof MessageError ? error.fault : null }
  }
}

async function work(
  task: ThermalTask,
  text: string,
  decodeGrey: DecodeGrey,
): Promise<ThermalResults[ThermalTask['kind']]> {
  switch (task.kind) {
    case 'makeReceipt':
      return make(task, text, decodeGrey)
    case 'outlineMessage':
      return { outline: writeJson(outlineOf(parseMessage(text))) }
    case 'readTemplate':
      return checkTemplate(member(parseMessage(text), task.name))
  }
}

async function make(order: ReceiptOrder, text: string, decodeGrey: DecodeGrey): Promise<MadeReceipt> {
  const { template: source, settings, isDrawn } = order
  const template = source && 'text' in source ? readTemplate(parseJson(source.text)) : source
  const input = layoutInput(parseMessage(text), template, settings)
  const { bytes, items } = await renderReceipt({ ...input, decodeGrey })
  return { bytes, picture: isDrawn ? await drawReceipt(items, settings) : null }
}

/** Throws ThermalError. */
export function checkTemplate(template: JsonValue | undefined): ReadTemplate {
  const { documentType } = readTemplate(template)
  return { documentType, text: writeJson(asObject(template) ?? {}) }
}
