import type { Socket } from 'node:net'
import { type BodyBudget, createBodyBudget, ROOMLESS_BYTES_MAX } from '../http/body-budget.ts'

const MIB = 1_048_576
/** 16 MiB: contracts/thermal.md, section 3, "limits". */
export const MESSAGE_BYTES_MAX = 16 * MIB

/** What a message of more than `aboveBytes` must have before more of it is read. */
interface Stage {
  readonly aboveBytes: number
  readonly bytes: number
  readonly budget: BodyBudget
}

/** Of a process. Two stages, each with room of its own: whoever waits for the second one keeps nobody from it. */
export type MessageBudgets = readonly Stage[]

const WAITING = { waitMs: 60_000, waitersMax: 200 }

/**
 * A message is held as bytes, text and value until it is handled, and those of 200 connections, of 16 MiB each, would be
 * more than a machine has. So many a key has at once, and all together: receipts with a logo 64 and 128, the largest 4 and 8.
 */
export function createMessageBudgets(): MessageBudgets {
  const budgetOf = (bytes: number, ofCaller: number, ofAll: number): BodyBudget =>
    createBodyBudget({ callerBytes: ofCaller * bytes, totalBytes: ofAll * bytes, ...WAITING })
  return [
    { aboveBytes: ROOMLESS_BYTES_MAX, bytes: MIB, budget: budgetOf(MIB, 64, 128) },
    { aboveBytes: MIB, bytes: MESSAGE_BYTES_MAX, budget: budgetOf(MESSAGE_BYTES_MAX, 4, 8) },
  ]
}

export interface MessageRoomOptions {
  readonly budgets: MessageBudgets
  /** Whose share it is. */
  readonly callerId: string
  readonly wire: Pick<Socket, 'bytesRead'>
  /** `isWaiting` has changed. */
  onChange(): void
  /** There was no room in time, or a large message did not end in time. */
  onRefused(): void
}

/** A large message that is under way for longer is given up: 16 MiB in five minutes is half a megabit per second. */
const MESSAGE_MS = 300_000
/** A control frame of a client beside its payload: RFC 6455, section 5.2. */
const CONTROL_HEAD_BYTES = 6

/** The room of one connection, whose messages come one after the other. */
export class MessageRoom {
  readonly #options: MessageRoomOptions
  #held: (() => void)[] = []
  /** Bytes that came before the message that is under way. */
  #before: number
  #isWaiting = false
  #isClosed = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: MessageRoomOptions) {
    this.#options = options
    this.#before = options.wire.bytesRead
  }

  /** Nothing may be read until there is room. */
  get isWaiting(): boolean {
    return this.#isWaiting
  }

  /** More has come. */
  look(): void {
    const { budgets, wire } = this.#options
    const stage = budgets[this.#held.length]
    const isDue = stage !== undefined && wire.bytesRead - this.#before > stage.aboveBytes
    if (isDue && !this.#isWaiting && !this.#isClosed) void this.#enter(stage)
  }

  /** A ping or pong came, which is no part of a message. */
  passControl(payloadBytes: number): void {
    this.#before += CONTROL_HEAD_BYTES + payloadBytes
  }

  /** The message is whole. Answers how to give its room back, when it is handled. */
  end(): () => void {
    const held = this.#held
    this.#held = []
    this.#before = this.#options.wire.bytesRead
    clearTimeout(this.#timer)
    return () => {
      for (const leave of held) leave()
    }
  }

  /** The connection is gone. */
  close(): void {
    this.#isClosed = true
    this.end()()
  }

  async #enter({ bytes, budget }: Stage): Promise<void> {
    const { callerId, onChange, onRefused } = this.#options
    this.#isWaiting = true
    onChange()
    const leave = await budget.enter(callerId, bytes)
    this.#isWaiting = false
    if (this.#isClosed) return leave?.()
    if (!leave) return onRefused()
    if (this.#held.length === 0) this.#timer = setTimeout(onRefused, MESSAGE_MS)
    this.#held.push(leave)
    onChange()
  }
}
