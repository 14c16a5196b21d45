import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import sharp from 'sharp'
import { drawThermalPictures } from '../../docs/pictures/thermal-pictures.ts'

const docs = new URL('../../docs/', import.meta.url)
const dotsOf = (png: Buffer) => sharp(png).greyscale().raw().toBuffer()

describe('docs/thermal.md', () => {
  it('shows what its examples print: npm run docs:pictures draws them anew', async () => {
    const markdown = await readFile(new URL('thermal.md', docs), 'utf8')
    const pictures = await drawThermalPictures(markdown)
    const shown = [...markdown.matchAll(/<img src="images\/([^"]+)"/g)].map(([, name]) => name)
    expect([...pictures.keys()]).to.deep.equal(shown)
    expect(shown).to.have.length(10)
    for (const [name, png] of pictures) {
      const kept = await dotsOf(await readFile(new URL(`images/${name}`, docs)))
      expect(kept.equals(await dotsOf(png)), name).to.equal(true)
    }
  })
})
