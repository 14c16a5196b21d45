import { readdirSync } from 'node:fs'
import { expect } from 'chai'
import { readSources } from '../helpers/source-tree.ts'

const FOLDER = new URL('../../web/messages/', import.meta.url)
const names = readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ''))

/** `{name}` in a text. */
const slots = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([slot]) => slot).toSorted()

describe('the texts of the pages', () => {
  const catalogues = new Map<string, Readonly<Record<string, string>>>()
  before(async () => {
    for (const name of names) {
      const module = (await import(new URL(`${name}.ts`, FOLDER).href)) as Record<
        string,
        Record<string, string>
      >
      catalogues.set(name, module[name] ?? {})
    }
  })

  it('are in English and Spanish at least, and the name of a file is its language', () => {
    expect(names).to.include.members(['en', 'es'])
    for (const name of names) expect(Intl.getCanonicalLocales(name)).to.deep.equal([name])
  })

  it('are complete in every language, with the same places for values', () => {
    const english = catalogues.get('en') ?? {}
    for (const [language, catalogue] of catalogues) {
      expect(Object.keys(catalogue).toSorted(), language).to.deep.equal(Object.keys(english).toSorted())
      for (const [key, text] of Object.entries(catalogue)) {
        expect(text.trim(), `${language} ${key}`).not.to.equal('')
        expect(slots(text), `${language} ${key}`).to.deep.equal(slots(english[key] ?? ''))
      }
    }
  })

  it('are translated, not copied', () => {
    const english = catalogues.get('en') ?? {}
    for (const [language, catalogue] of catalogues) {
      if (language === 'en') continue
      const same = Object.keys(english).filter((key) => catalogue[key] === english[key])
      expect(same.length, same.join(', ')).to.be.below(Object.keys(english).length / 20)
    }
  })

  it('are all used', () => {
    const code = readSources()
      .filter(({ path }) => /^web\/(?!messages\/).*\.tsx?$/.test(path))
      .map(({ text }) => text)
      .join('\n')
    const families = [...code.matchAll(/`([a-z_.]+\.)\$\{/g)].map((match) => match[1] ?? '')
    const unused = Object.keys(catalogues.get('en') ?? {}).filter((key) => {
      const stem = key.replace(/\.(one|other)$/, '')
      return (
        !code.includes(`'${key}'`) &&
        !code.includes(`'${stem}'`) &&
        !families.some((family) => key.startsWith(family))
      )
    })
    expect(unused).to.deep.equal([])
  })
})
