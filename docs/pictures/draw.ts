/** `npm run docs:pictures`: draws the pictures of docs/thermal.md anew. */
import { readFile, writeFile } from 'node:fs/promises'
import { drawThermalPictures } from './thermal-pictures.ts'

const docs = new URL('../', import.meta.url)
const pictures = await drawThermalPictures(await readFile(new URL('thermal.md', docs), 'utf8'))
for (const [name, png] of pictures) await writeFile(new URL(`images/${name}`, docs), png)
console.log(`${pictures.size} pictures drawn`)
