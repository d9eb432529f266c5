/**
 * A form made from a JSON schema as zod writes it: objects, lists of objects, texts, whole numbers, flags, choices.
 * What is typed stays text until it is sent; a number of the schema is a whole number, and nothing else becomes one.
 */
import { Button, Checkbox, Input, Select } from 'antd'
import type { Json } from '../api/operations.ts'
import { Field } from './fields.tsx'
import { plain } from './plain.ts'

export type Schema = { readonly [key: string]: Json | undefined }
type Objects = { readonly [name: string]: Json }

const isSchema = (value: unknown): value is Schema =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
const objectOf = (value: Json | undefined): Objects => (isSchema(value) ? value : {})

type Props = {
  readonly schema: Schema
  readonly root: Schema
  readonly label: string
  readonly value: Json | undefined
  readonly change: (value: Json | undefined) => void
}

/** The schema behind a reference, and the first of several forms that is not null. */
function resolved(schema: Schema, root: Schema): Schema {
  const ref = schema['$ref']
  if (typeof ref === 'string') {
    const found = ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((place, name) => (isSchema(place) ? place[name] : undefined), root)
    return isSchema(found) ? found : {}
  }
  const choices = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(choices)) {
    const first = choices.find((choice: unknown) => isSchema(choice) && choice['type'] !== 'null')
    return isSchema(first)
      ? resolved({ ...first, description: schema['description'] ?? first['description'] }, root)
      : {}
  }
  return schema
}

/** The Chinese half of a description written in both languages. */
const named = (schema: Schema, label: string): string => {
  const { description } = schema
  const zh = typeof description === 'string' ? description.split(' / ')[0] : undefined
  return zh === undefined || zh === '' ? label : `${zh}（${label}）`
}

export function SchemaField({ schema: given, root, label, value, change }: Props) {
  const schema = resolved(given, root)
  const title = named(schema, label)
  if (schema['type'] === 'object' || isSchema(schema['properties']))
    return <ObjectFields schema={schema} root={root} label={title} value={value} change={change} />
  if (schema['type'] === 'array')
    return <ListFields schema={schema} root={root} label={title} value={value} change={change} />
  return <Leaf schema={schema} root={root} label={title} value={value} change={change} />
}

function Leaf({ schema, label, value, change }: Props) {
  const choices = Array.isArray(schema['enum'])
    ? schema['enum']
    : 'const' in schema
      ? [schema['const'] ?? null]
      : undefined
  if (schema['type'] === 'boolean')
    return (
      <div className="field">
        <Checkbox checked={value === true} onChange={(event) => change(event.target.checked)}>
          {label}
        </Checkbox>
      </div>
    )
  const text = plain(value)
  const whole = schema['type'] === 'integer' || schema['type'] === 'number'
  const typed = (next: string): void => {
    const plain = next.normalize('NFKC')
    if (plain === '') change(undefined)
    else change(whole && /^-?[0-9]{1,15}$/.test(plain) ? Number(plain) : plain)
  }
  return (
    <Field label={label}>
      {(id) =>
        choices ? (
          <Select
            id={id}
            aria-label={label}
            allowClear
            style={{ width: '100%' }}
            value={text === '' ? null : text}
            onChange={(next: string | null) => change(choices.find((choice) => String(choice) === next))}
            options={choices.map((choice) => ({ value: String(choice), label: String(choice) }))}
          />
        ) : (
          <Input
            id={id}
            type={schema['format'] === 'date' ? 'date' : 'text'}
            value={text}
            onChange={(event) => typed(event.target.value)}
          />
        )
      }
    </Field>
  )
}

function ObjectFields({ schema, root, label, value, change }: Props) {
  const fields = Object.entries(objectOf(schema['properties'] as Json))
  const held = objectOf(value)
  return (
    <fieldset className="fields">
      <legend>{label}</legend>
      {fields.map(([name, field]) => (
        <SchemaField
          key={name}
          schema={isSchema(field) ? field : {}}
          root={root}
          label={name}
          value={held[name]}
          change={(next) => {
            const { [name]: _, ...rest } = held
            change(next === undefined ? rest : { ...held, [name]: next })
          }}
        />
      ))}
    </fieldset>
  )
}

function ListFields({ schema, root, label, value, change }: Props) {
  const items = Array.isArray(value) ? (value as readonly Json[]) : []
  const item = isSchema(schema['items']) ? schema['items'] : {}
  const empty: Json = resolved(item, root)['type'] === 'object' ? {} : ''
  return (
    <fieldset className="fields">
      <legend>{label}</legend>
      {items.map((one, index) => (
        // An item's place is its name.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index}>
          <SchemaField
            schema={item}
            root={root}
            label={`第 ${index + 1} 项`}
            value={one}
            change={(next) => change(items.map((old, place) => (place === index ? (next ?? empty) : old)))}
          />
          <Button onClick={() => change(items.filter((_, place) => place !== index))}>删去第 {index + 1} 项</Button>
        </div>
      ))}
      <Button onClick={() => change([...items, empty])}>添一项</Button>
    </fieldset>
  )
}
