import { EventEmitter, once } from 'node:events'
import type { DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'

export interface StepGate {
  /** For the server's dispatcher. */
  readonly checkpoint: (step: DispatcherStep) => Promise<void>
  /** Starts a job, and does `work` with what that answered while the dispatcher stands at that step. */
  at<Job>(step: DispatcherStep, start: () => Promise<Job>, work: (job: Job) => Promise<void>): Promise<Job>
}

/** Holds a dispatcher of this process at one step, once. */
export function createStepGate(): StepGate {
  let onStep: (step: DispatcherStep) => Promise<void> = () => Promise.resolve()
  return {
    checkpoint: (step) => onStep(step),
    async at(step, start, work) {
      const moves = new EventEmitter()
      const arrived = once(moves, 'arrived')
      const left = once(moves, 'left')
      onStep = async (reached) => {
        if (reached !== step) return
        onStep = () => Promise.resolve()
        moves.emit('arrived')
        await left
      }
      const job = await start()
      await arrived
      await work(job).finally(() => moves.emit('left'))
      return job
    },
  }
}
