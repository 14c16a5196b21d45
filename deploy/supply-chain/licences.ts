import { isCompatible, LOCK_FILE, readDeployedPackages } from './deployed-packages.ts'
import { findBundledParts } from './bundled-parts.ts'

/** `npm run licences [-- LOCKFILE]`: a line for each package and each part inside one; exit code 1 where a licence doesn't fit. */
const packages = await readDeployedPackages(process.argv[2] ?? LOCK_FILE)
const parts = await findBundledParts()

for (const { name, version, licence } of packages)
  console.log(`${name} ${version}: ${licence ?? 'none named'}`)
for (const { name, version, licence, within } of parts) {
  console.log(`${name} ${version ?? 'of unknown version'}, in ${within}: ${licence}`)
}

const incompatible = packages.filter((each) => !isCompatible(each))
for (const { path, licence } of incompatible) {
  console.error(
    `${path} is under ${licence ?? 'no licence that it names'}, which docs/supply-chain.md does not allow`,
  )
}
if (incompatible.length > 0) process.exitCode = 1
