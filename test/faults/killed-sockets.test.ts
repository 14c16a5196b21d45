import { killAtEveryStep } from './killed-at-every-step.ts'
import { startSocketWitness } from './witnesses.ts'

killAtEveryStep({ name: 'Socket', start: () => startSocketWitness() })
