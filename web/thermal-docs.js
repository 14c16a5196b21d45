// The page at /docs/thermal: edits a template and a document, and shows the receipt that the server draws of them.
// It runs as it stands, known by its hash.

const byId = (id) => document.getElementById(id)
const main = document.querySelector('main')
const fields = {
  key: byId('key'),
  example: byId('example'),
  paper: byId('paper'),
  printer: byId('printer'),
  template: byId('template'),
  document: byId('document'),
  media: byId('media'),
}
const words = byId('words')
const picture = byId('picture')
const roll = picture.parentElement
const examples = JSON.parse(byId('examples').textContent)

/** Typing goes on for so long before a receipt is asked for. */
const PAUSE_MS = 300

let timer
let asking = new AbortController()

function tell(text, isWrong) {
  words.textContent = text
  words.classList.toggle('wrong', isWrong)
  roll.classList.toggle('old', isWrong)
}

/** The text of an editor, as it is: numbers keep their digits only as long as nobody parses and writes them again. */
function objectText(name, editor) {
  const text = editor.value.trim() || '{}'
  let value
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`${name}: ${error.message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${name}: it must be an object, { … }`)
  }
  return text
}

function requestBody() {
  const media = objectText('Pictures, barcodes and QR codes', fields.media).slice(1, -1).trim()
  const members = [
    `"Template": ${objectText('Template', fields.template)}`,
    `"Document": ${objectText('Document', fields.document)}`,
  ]
  if (media !== '') members.push(media)
  if (fields.printer.value.trim() !== '') {
    members.push(`"PrinterId": ${JSON.stringify(fields.printer.value.trim())}`)
  }
  if (fields.paper.value !== '') members.push(`"PaperWidthMm": ${fields.paper.value}`)
  return `{${members.join(',')}}`
}

/** `message` of an answer and the causes beneath it, each once. */
async function refusalOf(response) {
  const { message = response.statusText, errors = [] } = await response.json().catch(() => ({}))
  return [...new Set([message, ...errors])].join('\n')
}

async function draw() {
  asking.abort()
  if (fields.key.value.trim() === '') {
    return tell('Enter an API key with the scope thermal:read, and the receipt is drawn here.', false)
  }
  asking = new AbortController()
  const { signal } = asking
  try {
    const response = await fetch(`${main.dataset.templates}/preview/preview`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'PX-API-KEY': fields.key.value.trim() },
      body: requestBody(),
      signal,
    })
    if (!response.ok) return tell(await refusalOf(response), true)
    const blob = await response.blob()
    if (signal.aborted) return
    URL.revokeObjectURL(picture.src)
    picture.src = URL.createObjectURL(blob)
    picture.hidden = false
    tell('', false)
  } catch (error) {
    if (!signal.aborted)
      tell(error instanceof TypeError ? 'The server does not answer.' : error.message, true)
  }
}

function drawSoon() {
  clearTimeout(timer)
  timer = setTimeout(() => void draw(), PAUSE_MS)
}

function loadExample() {
  const example = examples.find(({ name }) => name === fields.example.value)
  if (!example) return
  fields.template.value = example.template
  fields.document.value = example.document
  fields.media.value = example.media
  drawSoon()
}

for (const field of Object.values(fields)) {
  if (field !== fields.example) field.addEventListener('input', drawSoon)
}
fields.example.addEventListener('change', loadExample)
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())
loadExample()
