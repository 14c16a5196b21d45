import { isCompatible, LOCK_FILE, readDeployedPackages } from './deployed-packages.ts'
import { findBundledParts, isCompatiblePart } from './bundled-parts.ts'

/** `npm run licences [-- LOCKFILE]`: a line for each package and each part inside one; exit code 1 where a licence doesn't fit. */
const packages = await readDeployedPackages(process.argv[2] ?? LOCK_FILE)
const parts = await findBundledParts()

for (const { name, version, licence } of packages)
  console.log(`${name} ${version}: ${licence ?? 'none named'}`)
for (const { name, version, licence, within } of parts) {
  console.log(`${name} ${version ?? 'of unknown version'}, in ${within}: ${licence}`)
}

const incompatible = [
  ...packages.filter((each) => !isCompatible(each)).map(({ path, licence }) => [path, licence] as const),
  ...parts
    .filter((each) => !isCompatiblePart(each))
    .map(({ name, within, licence }) => [`${within}#${name}`, licence] as const),
]
for (const [place, licence] of incompatible) {
  console.error(
    `${place} is under ${licence ?? 'no licence that it names'}, which docs/supply-chain.md does not allow`,
  )
}
if (incompatible.length > 0) process.exitCode = 1
