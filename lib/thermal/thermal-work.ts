/** Thermal work in the thread that it belongs in: what is small here, at once; the rest in a worker. */
import type { Rendering } from '../rendering/rendering.ts'
import { UnreadableError } from '../rendering/rendering.ts'
import { parseJson } from './json-text.ts'
import { isLightJson } from './json-weight.ts'
import { LayoutBudget, TooMuchHereError } from './layout-budget.ts'
import { asObject, member } from './lenient.ts'
import { drawReceipt, renderReceipt } from './receipt.ts'
import { layoutInput, type MadeReceipt, type ReceiptOrder, type TemplateSource } from './receipt-order.ts'
import { checkTemplate, type ReadTemplate, type ThermalRefusal } from './receipt-work.ts'
import { MessageError, parseMessage, type SentMessage } from './sent-message.ts'
import type { Template } from './template.ts'
import { ThermalError } from './thermal-error.ts'

/** Everything throws ThermalError, also for what takes a worker too long or more memory than it has. */
export interface ThermalWork {
  /** Throws MessageError for a text that is no message. */
  open(text: string): Promise<SentMessage>
  make(message: SentMessage, order: ReceiptOrder): Promise<MadeReceipt>
  /** The message's member of that name as a template. */
  readTemplate(message: SentMessage, name: string): Promise<ReadTemplate>
}

export function createThermalWork(rendering: Rendering): ThermalWork {
  const decodeGrey = rendering.decodeGrey.bind(rendering)

  const makeHere = async ({ members }: SentMessage, order: ReceiptOrder & { template: Template | null }) => {
    const { template, settings, isDrawn } = order
    const budget = new LayoutBudget({ isDrawn })
    const input = layoutInput(members, template, settings)
    const { bytes, items } = await renderReceipt({ ...input, decodeGrey, budget })
    return { bytes, picture: isDrawn ? await drawReceipt(items, settings) : null }
  }

  return {
    async open(text) {
      if (isLightJson(text)) return { text, members: parseMessage(text), isWhole: true }
      const { outline } = await answered(rendering.outlineMessage(bytesOf(text)))
      return { text, members: asObject(parseJson(outline)) ?? {}, isWhole: false }
    },

    async make(message, order) {
      const { template } = order
      if (message.isWhole && !isText(template)) {
        try {
          return await makeHere(message, { ...order, template })
        } catch (error) {
          if (!(error instanceof TooMuchHereError)) throw error
        }
      }
      return answered(rendering.makeReceipt(bytesOf(message.text), order))
    },

    async readTemplate(message, name) {
      if (message.isWhole) return checkTemplate(member(message.members, name))
      return answered(rendering.readTemplate(bytesOf(message.text), name))
    },
  }
}

function isText(template: TemplateSource | null): template is { readonly text: string } {
  return template !== null && 'text' in template
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text)
}

async function answered<T extends object>(work: Promise<T | ThermalRefusal>): Promise<T> {
  const answer = await work.catch((error: unknown) => {
    if (error instanceof UnreadableError) throw new ThermalError(error.message, { cause: error })
    throw error
  })
  if (!('refusal' in answer)) return answer
  const { refusal, fault } = answer
  throw fault === null ? new ThermalError(refusal) : new MessageError(fault, refusal)
}
