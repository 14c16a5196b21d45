import { expect } from 'chai'
import type { StoredDocument } from '../../lib/documents/document.ts'
import type { Instruction } from '../../lib/instructions/instruction.ts'
import type { InstructionChange } from '../../lib/instructions/instruction-change.ts'
import {
  isSameInstruction,
  type NewFile,
  reviseInstruction,
} from '../../lib/instructions/instruction-revision.ts'
import { refusalOf } from './refusal.ts'

const KEEP: InstructionChange = { note: null, presentation: null, printTarget: null, file: { kind: 'keep' } }
const REMOVE: InstructionChange = { ...KEEP, file: { kind: 'remove' } }
const RENAME: InstructionChange = { ...KEEP, file: { kind: 'rename', name: 'b.pdf' } }

function aDocument(documentId: string): StoredDocument {
  return {
    documentId,
    mediaType: 'application/pdf',
    sizeBytes: 1000,
    pageCount: 1,
    firstPageWidthPt: 612,
    firstPageHeightPt: 792,
    isEncrypted: false,
  }
}

function anInstruction(state: Partial<Instruction> = {}): Instruction {
  return {
    instructionId: 1,
    orderId: 118,
    orderUniqueId: '100000309',
    revision: 3,
    note: 'Wrap it',
    fileName: 'a.pdf',
    document: aDocument('doc_a'),
    isFileRemoved: false,
    presentation: 'once_per_order',
    printTarget: 'LASER',
    isPrintTargetInferred: true,
    ...state,
  }
}

function aFile(file: Partial<NewFile> = {}): NewFile {
  return { name: null, document: aDocument('doc_b'), inferredTarget: 'LABEL', ...file }
}

const NO_FILE = { fileName: null, document: null, printTarget: null }

describe('what an edit changes', () => {
  it('makes no revision of nothing', () => {
    const current = anInstruction()
    expect(reviseInstruction(current, KEEP, null)).to.deep.equal({ instruction: current, isRevised: false })
  })

  it('makes no revision of the same values', () => {
    const same: InstructionChange = {
      note: 'Wrap it',
      presentation: 'once_per_order',
      printTarget: 'LASER',
      file: KEEP.file,
    }
    const { instruction, isRevised } = reviseInstruction(anInstruction(), same, null)
    expect(isRevised).to.equal(false)
    expect(isSameInstruction(instruction, anInstruction())).to.equal(true)
  })

  it('makes a revision of another note', () => {
    const { instruction } = reviseInstruction(anInstruction(), { ...KEEP, note: 'Wrap it twice' }, null)
    expect(instruction).to.deep.equal(anInstruction({ note: 'Wrap it twice', revision: 4 }))
  })

  it('makes a revision of other bytes, and none of the same under another name', () => {
    expect(reviseInstruction(anInstruction(), KEEP, aFile()).instruction.revision).to.equal(4)
    const same = aFile({ name: 'b.pdf', document: aDocument('doc_a') })
    const { instruction, isRevised } = reviseInstruction(anInstruction(), KEEP, same)
    expect([instruction.fileName, isRevised]).to.deep.equal(['b.pdf', false])
  })

  it('makes no revision of another name, presentation or target', () => {
    for (const change of [
      RENAME,
      { ...KEEP, presentation: 'once_per_package' as const },
      { ...KEEP, printTarget: 'LABEL' as const },
    ]) {
      const { instruction, isRevised } = reviseInstruction(anInstruction(), change, null)
      expect(isRevised).to.equal(false)
      expect(isSameInstruction(instruction, anInstruction())).to.equal(false)
    }
  })

  it('infers an inferred target anew, and keeps a given one', () => {
    expect(reviseInstruction(anInstruction(), KEEP, aFile()).instruction.printTarget).to.equal('LABEL')
    const given = anInstruction({ isPrintTargetInferred: false })
    expect(reviseInstruction(given, KEEP, aFile()).instruction.printTarget).to.equal('LASER')
    const asked = reviseInstruction(anInstruction(), { ...KEEP, printTarget: 'SMALL_LABEL' }, aFile())
    expect(asked.instruction).to.include({ printTarget: 'SMALL_LABEL', isPrintTargetInferred: false })
  })

  it('removes the file: an inferred target goes with it, a given one stays', () => {
    const { instruction, isRevised } = reviseInstruction(anInstruction(), REMOVE, null)
    expect(instruction).to.deep.equal(anInstruction({ ...NO_FILE, revision: 4 }))
    expect(isRevised).to.equal(true)
    const given = anInstruction({ isPrintTargetInferred: false })
    expect(reviseInstruction(given, REMOVE, null).instruction.printTarget).to.equal('LASER')
  })

  it('changes nothing by removing the file of an instruction that has none', () => {
    const bare = anInstruction(NO_FILE)
    expect(reviseInstruction(bare, REMOVE, null)).to.deep.equal({ instruction: bare, isRevised: false })
  })

  it('keeps the present name for a file without one, and infers for a first file', () => {
    expect(reviseInstruction(anInstruction(), KEEP, aFile()).instruction.fileName).to.equal('a.pdf')
    const first = reviseInstruction(anInstruction(NO_FILE), KEEP, aFile({ name: 'c.pdf' }))
    expect(first.instruction).to.include({ fileName: 'c.pdf', printTarget: 'LABEL', revision: 4 })
  })

  it('refuses a name without a file, and a file without a name', () => {
    expect(refusalOf(() => reviseInstruction(anInstruction(NO_FILE), RENAME, null))).to.equal(
      'file_name: invalid',
    )
    expect(refusalOf(() => reviseInstruction(anInstruction(NO_FILE), KEEP, aFile()))).to.equal(
      'file_name: required',
    )
  })
})
