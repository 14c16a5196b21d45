/** Messages of thermal printing: contracts/thermal.md, section 2. */
import type { JsonValue } from '../../thermal/json-text.ts'
import { asObject, asString, member } from '../../thermal/lenient.ts'
import type { SentMessage } from '../../thermal/sent-message.ts'

/** Members in this order. */
export interface ResultMessage {
  readonly JobId: string | null
  readonly Status: 'DONE' | 'ERROR'
  readonly ErrorMessage: string | null
}

export interface TemplateResultMessage {
  readonly DocumentType: string | null
  readonly Success: boolean
  readonly Message: string
  readonly Action: 'TemplateUpdateResult'
}

export function doneResult(jobId: string): ResultMessage {
  return { JobId: jobId, Status: 'DONE', ErrorMessage: null }
}

export function errorResult(jobId: string | null, message: string): ResultMessage {
  return { JobId: jobId, Status: 'ERROR', ErrorMessage: message }
}

/** `DocumentType` as it was sent. */
export function templateResult(
  template: JsonValue | undefined,
  outcome: { readonly isStored: boolean; readonly message: string },
): TemplateResultMessage {
  const object = asObject(template)
  return {
    DocumentType: (object && asString(member(object, 'DocumentType'))) ?? null,
    Success: outcome.isStored,
    Message: outcome.message,
    Action: 'TemplateUpdateResult',
  }
}

export type ThermalMessage =
  | { readonly kind: 'job'; readonly jobId: string; readonly message: SentMessage }
  | {
      readonly kind: 'command'
      readonly action: string
      /** Null: no result is wanted. */
      readonly jobId: string | null
      readonly message: SentMessage
    }

export function sortMessage(message: SentMessage): ThermalMessage {
  const { members } = message
  const jobId = asString(member(members, 'JobId')) ?? ''
  const type = asString(member(members, 'DocumentType')) ?? ''
  const action = asString(member(members, 'Action'))
  if (action === undefined || (jobId !== '' && type !== '')) return { kind: 'job', jobId, message }
  return { kind: 'command', action, jobId: jobId === '' ? null : jobId, message }
}
