import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BundledPart, findBundledParts, OWN_FOLDER } from './bundled-parts.ts'

const ROOT = new URL('../../', import.meta.url)
const OUTPUT_MAX_BYTES = 67_108_864
const NPM = [
  'sbom',
  '--package-lock-only',
  '--omit=dev',
  '--sbom-format=cyclonedx',
  '--sbom-type=application',
] as const

const IS_EXPRESSION = /^\S+( AND \S+)*$/

/** CycloneDX 1.5, as far as we write into it. */
interface Bom {
  readonly metadata: { readonly component: Readonly<Record<string, unknown>> }
  readonly components: readonly Readonly<Record<string, unknown>>[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/** `npm run sbom`: npm's own of the lock file, with the name of the project rather than its folder's, and what npm can't see. */
const { stdout } = await promisify(execFile)('npm', NPM, {
  cwd: fileURLToPath(ROOT),
  maxBuffer: OUTPUT_MAX_BYTES,
})
const manifest = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8')) as {
  readonly name: string
  readonly version: string
}
console.log(JSON.stringify(complete(JSON.parse(stdout) as Bom, await findBundledParts()), null, 2))

function complete(bom: Bom, parts: readonly BundledPart[]): Bom {
  const { name, version } = manifest
  return {
    ...bom,
    metadata: {
      ...bom.metadata,
      component: { ...bom.metadata.component, type: 'application', name, version },
    },
    components: [...bom.components, ...parts.map(componentOf)],
    dependencies: [
      ...bom.dependencies.map(({ ref, dependsOn }) => ({
        ref,
        dependsOn: [
          ...dependsOn,
          ...parts
            .filter(({ within }) => ref.startsWith(`${within === OWN_FOLDER ? name : within}@`))
            .map(refOf),
        ],
      })),
      ...parts.map((part) => ({ ref: refOf(part), dependsOn: [] })),
    ],
  }
}

function componentOf(part: BundledPart): Readonly<Record<string, unknown>> {
  const { name, version, licence, within } = part
  return {
    'bom-ref': refOf(part),
    type: 'library',
    name,
    // CycloneDX lets it out where nobody knows it; an invented one would match the wrong advisories.
    ...(version !== null && { version, purl: `pkg:generic/${name}@${version}` }),
    licenses: [IS_EXPRESSION.test(licence) ? { expression: licence } : { license: { name: licence } }],
    properties: [{ name: 'packhouse:bundled-in', value: within }],
  }
}

function refOf({ name, version, within }: BundledPart): string {
  return `${within}#${name}@${version ?? 'unknown'}`
}
