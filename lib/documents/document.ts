/** A document as it is kept: once per SHA-256 of its bytes (contracts/printing.md, "Intake"). */
export interface StoredDocument {
  readonly documentId: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly pageCount: number
  readonly firstPageWidthPt: number
  readonly firstPageHeightPt: number
  readonly isEncrypted: boolean
}

/** A document that passed inspection and isn't stored yet. */
export interface InspectedDocument extends Omit<StoredDocument, 'documentId'> {
  readonly bytes: Buffer
  readonly sha256: Buffer
}
