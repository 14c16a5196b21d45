import { killAtEveryStep } from './killed-at-every-step.ts'
import { startIppEveWitness, startIppWitness } from './witnesses.ts'

killAtEveryStep({
  name: 'Create-Job',
  isAsked: true,
  start: () => startIppWitness({ canCreateJob: true }),
})
killAtEveryStep({ name: 'Print-Job', start: () => startIppWitness({ canCreateJob: false }) })
killAtEveryStep({ name: 'ippeveprinter', start: (context) => startIppEveWitness(context) })
