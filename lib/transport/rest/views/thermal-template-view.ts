import type { ThermalTemplateAnswer } from '../../../../schemas/thermal.ts'
import type { TemplateReport } from '../../../thermal/templates-service.ts'

/** contracts/thermal.md, section 9. */
export function thermalTemplateView(report: TemplateReport): ThermalTemplateAnswer {
  const { documentType, version, isDefault, template, updatedAt, updatedBy } = report
  return {
    object: 'thermal_template',
    document_type: documentType,
    version,
    is_default: isDefault,
    template: template as ThermalTemplateAnswer['template'],
    updated_at: updatedAt?.toISOString() ?? null,
    updated_by: updatedBy,
  }
}
