/** A receipt's items as ESC/POS: contracts/thermal.md, section 7. */
import * as commands from './escpos-commands.ts'
import type { LineItem, QrItem, ReceiptItem } from './receipt-item.ts'
import { type Align, PLAIN, type TextStyle } from './text-style.ts'
import type { ThermalSettings } from './thermal-settings.ts'

export const PRINTER_COMMANDS = ['Cut', 'Drawer', 'Beep'] as const
export type PrinterCommand = (typeof PRINTER_COMMANDS)[number]

export function writeReceipt(items: readonly ReceiptItem[], settings: ThermalSettings): Buffer {
  const writer = new EscposWriter()
  writer.write(commands.start(settings.codePage))
  for (const item of items) writer.writeItem(item)
  writer.write(endOf(settings))
  return writer.bytes()
}

/** Of an ExecuteCommand message: the command alone. A printer whose jobs are not cut cuts fully when it is told to. */
export function commandBytes(command: PrinterCommand, { cut, drawerPin }: ThermalSettings): Buffer {
  const bytes = {
    Cut: commands.cut(cut === 'none' ? 'full' : cut),
    Drawer: commands.drawer(drawerPin),
    Beep: commands.BEEP,
  } as const satisfies Record<PrinterCommand, string>
  return Buffer.from(bytes[command], 'latin1')
}

function endOf({ cut, beep, openDrawer, drawerPin }: ThermalSettings): string {
  return [
    commands.FEED_BEFORE_CUT,
    commands.cut(cut),
    beep ? commands.BEEP : '',
    openDrawer ? commands.drawer(drawerPin) : '',
  ].join('')
}

/** Knows what the printer was told last, and tells it no more than what changes. */
class EscposWriter {
  readonly #chunks: Uint8Array[] = []
  /** Bytes as characters that are not in a chunk yet. */
  #pending = ''
  #style = PLAIN
  #align: Align = 'left'

  write(bytes: string): void {
    this.#pending += bytes
  }

  writeItem(item: ReceiptItem): void {
    switch (item.kind) {
      case 'line':
        this.#writeLine(item)
        break
      case 'qr':
        this.#writeQr(item)
        break
      case 'line-spacing':
        this.write(commands.lineSpacing(item.dots))
        break
      case 'picture':
        // Where a picture stands is part of the picture.
        this.#alignTo('left')
        this.write(commands.pictureHeader(item.raster.widthBytes, item.raster.heightDots))
        this.#append(item.raster.bits)
        break
    }
  }

  bytes(): Buffer {
    this.#flush()
    return Buffer.concat(this.#chunks)
  }

  #writeLine({ align, runs, endsElement }: LineItem): void {
    this.#alignTo(align)
    for (const { text, style } of runs) {
      this.#styleAs(style)
      this.write(text)
    }
    this.write(commands.LINE_FEED)
    if (endsElement) this.#styleAs(PLAIN)
  }

  #writeQr({ align, data, size, feeds }: QrItem): void {
    this.write(commands.LINE_FEED.repeat(feeds))
    this.#alignTo(align)
    this.write(commands.qrCode(Buffer.from(data).toString('latin1'), size))
    this.write(commands.LINE_FEED.repeat(feeds))
  }

  #alignTo(align: Align): void {
    if (align === this.#align) return
    this.write(commands.align(align))
    this.#align = align
  }

  #styleAs(style: TextStyle): void {
    const before = this.#style
    if (style.bold !== before.bold) this.write(commands.bold(style.bold))
    if (style.underline !== before.underline) this.write(commands.underline(style.underline))
    if (style.font !== before.font) this.write(commands.font(style.font))
    if (style.width !== before.width || style.height !== before.height) {
      this.write(commands.size(style.width, style.height))
    }
    this.#style = style
  }

  #append(bytes: Uint8Array): void {
    this.#flush()
    this.#chunks.push(bytes)
  }

  #flush(): void {
    if (this.#pending !== '') this.#chunks.push(Buffer.from(this.#pending, 'latin1'))
    this.#pending = ''
  }
}
