/** The barcodes and QR codes of one receipt: those that are equal are counted once, and bars are made once. */
import { barcodeModules } from './barcode-symbol.ts'
import type { BarcodeType } from './barcode-value.ts'
import type { LayoutBudget } from './layout-budget.ts'

export class ReceiptSymbols {
  readonly #budget: LayoutBudget
  readonly #bars = new Map<string, readonly number[]>()
  readonly #qrValues = new Set<string>()

  constructor(budget: LayoutBudget) {
    this.#budget = budget
  }

  /** Of `barcodeModules`. */
  bars(type: BarcodeType, value: string): readonly number[] {
    const key = `${type} ${value}`
    const known = this.#bars.get(key)
    if (known) return known
    this.#budget.spend('barcodes')
    const bars = barcodeModules(type, value)
    this.#bars.set(key, bars)
    return bars
  }

  /** `side`: modules. */
  countQr(value: string, side: number): void {
    if (this.#qrValues.has(value)) return
    this.#budget.spend('modules', side * side)
    this.#qrValues.add(value)
  }
}
