/**
 * Originals: uploaded as raw bytes, read back as the same bytes. What was uploaded is never shown by a browser as a
 * page of ours: it is sent as a download, under a policy that lets nothing in it run.
 */
import * as z from 'zod'
import { formatInstant } from '../../base/calendar.ts'
import { type Attachment, readAttachment, uploadAttachment } from '../../ledger/attachments.ts'
import { rawBody } from '../body.ts'
import { about, bookCode, fileName, sha256 } from '../../form/field.ts'
import { bareHeaders } from '../headers.ts'
import { reply, type Route, route } from '../route.ts'

const bytesMax = 20 * 1024 * 1024

const attachmentView = z
  .strictObject({
    sha256: z.string(),
    name: z.string(),
    mediaType: z.string(),
    size: z.int(),
    uploadedBy: z.string(),
    uploadedAt: z.string(),
  })
  .meta({ id: 'Attachment', ...about('附件', 'an original') })

const present = ({ uploadedAt, ...rest }: Attachment): z.infer<typeof attachmentView> => ({
  ...rest,
  uploadedAt: formatInstant(uploadedAt),
})

const upload = route({
  method: 'POST',
  path: '/v1/books/{book}/attachments',
  id: 'uploadAttachment',
  tag: 'attachments',
  summary: { zh: '上传附件原件（至多 20 MB）', en: 'Upload an original of at most 20 MB' },
  description: {
    zh: '请求体即文件内容，Content-Type 为文件类型。相同内容只保存一份；凭证以其 SHA-256 引用。',
    en: 'The body is the file, the Content-Type its type. The same bytes are kept once; entries refer to their SHA-256.',
  },
  right: 'entry.post',
  params: z.strictObject({ book: bookCode }),
  query: z.strictObject({ name: z.exactOptional(fileName) }),
  body: rawBody(bytesMax),
  answers: {
    201: { about: { zh: '已保存', en: 'Kept' }, schema: attachmentView },
    200: { about: { zh: '早已保存', en: 'Was here already' }, schema: attachmentView },
  },
  refuses: ['book_not_found'],
  handle: async ({ actor, params, query, body, service }) => {
    const given = { name: query.name, mediaType: body.mediaType, content: body.bytes }
    const { attachment, isNew } = await uploadAttachment(service.ledger, actor, params.book, given)
    return reply(isNew ? 201 : 200, present(attachment), {
      location: `/v1/books/${params.book}/attachments/${attachment.sha256}`,
    })
  },
})

const download = route({
  method: 'GET',
  path: '/v1/books/{book}/attachments/{sha256}',
  id: 'readAttachment',
  tag: 'attachments',
  summary: { zh: '下载附件原件', en: 'Download an original' },
  right: 'book.read',
  params: z.strictObject({ book: bookCode, sha256 }),
  answers: { 200: { about: { zh: '文件内容', en: 'The bytes' }, mediaType: '*/*' } },
  refuses: ['book_not_found', 'attachment_not_found'],
  handle: async ({ actor, params, service }) => {
    const { attachment, content } = await readAttachment(service.ledger, actor, params.book, params.sha256)
    return {
      status: 200,
      text: '',
      bytes: new Uint8Array(content),
      headers: {
        ...bareHeaders,
        'content-security-policy': `${bareHeaders['content-security-policy']}; sandbox`,
        'content-type': attachment.mediaType,
        'content-disposition': `attachment; filename="${attachment.sha256}"; filename*=UTF-8''${encoded(attachment.name)}`,
        etag: `"${attachment.sha256}"`,
      },
    }
  },
})

// RFC 8187: what encodeURIComponent leaves alone beyond it.
const encoded = (name: string): string =>
  encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

export const attachmentRoutes: readonly Route[] = [upload, download]
