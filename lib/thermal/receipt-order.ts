/** A message on its way to be a receipt. */
import type { JsonObject } from './json-text.ts'
import { asObject, member } from './lenient.ts'
import { readMedia } from './media.ts'
import type { LayoutInput } from './receipt-layout.ts'
import type { Template } from './template.ts'
import { readTemplate } from './template-reading.ts'
import { ThermalError } from './thermal-error.ts'
import type { ThermalSettings } from './thermal-settings.ts'

/** A template, or the JSON text of one that is too heavy to be read in the main thread. */
export type TemplateSource = Template | { readonly text: string }

export interface ReceiptOrder {
  /** Null: the message's own `Template`. */
  readonly template: TemplateSource | null
  readonly settings: ThermalSettings
  readonly isDrawn: boolean
}

/** What a printer gets, and the same as a PNG where the order asks for it. */
export interface MadeReceipt {
  readonly bytes: Uint8Array
  readonly picture: Uint8Array | null
}

/** Throws ThermalError. */
export function layoutInput(
  message: JsonObject,
  template: Template | null,
  settings: ThermalSettings,
): LayoutInput {
  const read = template ?? readTemplate(member(message, 'Template'))
  const document = asObject(member(message, 'Document'))
  if (!document) throw new ThermalError('Document must be an object')
  return { template: read, document, media: readMedia(message), settings }
}
