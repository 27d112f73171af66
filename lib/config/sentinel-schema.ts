import { z } from 'zod';

const pattern = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .optional()
  .meta({ description: 'Text without regard to case, `*` for anything; of a list, any', examples: ['*brute force*'] });

/** Chooses the playbook of an incident: the first rule whose conditions all hold. */
export const playbookRuleSchema = z.strictObject({
  when: z
    .strictObject({
      title: pattern,
      severity: pattern,
      tactic: pattern,
      technique: pattern,
      product: pattern,
      provider: pattern,
      label: pattern,
      workspace: pattern,
      analyticRule: pattern,
      entityKind: pattern,
    })
    .prefault({})
    .meta({
      description: 'Conditions on the incident; none holds for every incident',
      examples: [{ severity: ['high', 'medium'] }],
    }),
  playbook: z
    .string()
    .min(1)
    .meta({ examples: ['host-triage'] }),
  inputs: z.record(z.string(), z.unknown()).optional().meta({ description: 'Fixed inputs of the playbook' }),
});
export type PlaybookRule = z.output<typeof playbookRuleSchema>;

export const sentinelSchema = z
  .strictObject({
    playbookRules: z
      .array(playbookRuleSchema)
      .default([])
      .meta({ examples: [[{ when: { tactic: 'CredentialAccess' }, playbook: 'host-triage' }]] }),
    comment: z
      .strictObject({
        enabled: z.boolean().default(true),
        reportUrl: z
          .string()
          .optional()
          .meta({
            description: 'Address of the report in the comment; `{id}` is the investigation',
            examples: ['https://trailhound.contoso.com/api/investigations/{id}'],
          }),
      })
      .prefault({}),
    tags: z
      .array(z.string().min(1).max(256))
      .default([])
      .meta({ description: 'Labels put on an incident that was investigated', examples: [['trailhound']] }),
  })
  .meta({ description: 'What comes from Microsoft Sentinel and goes back to it' });
