import { killAtEveryStep } from './killed-at-every-step.ts'
import { virtualWitness } from './witnesses.ts'

const NAME = 'Folder'

killAtEveryStep({ name: NAME, start: (_context, dataDir, copies) => virtualWitness(dataDir, NAME, copies) })
