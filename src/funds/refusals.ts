/** What the rules of the funds say no to, in the order in which one row of the trial calculations names them. */
import type { Day } from '../base/calendar.ts'
import { type Fen, formatFen } from '../base/money.ts'
import { catalogue, type Text } from '../base/refusal.ts'

/** What special bonds say no to, in trial calculations and in the record. */
export const bondRefusals = {
  bond_not_found: {
    status: 404,
    title: { zh: '没有这只债券', en: 'No such bond' },
    detail: (f: { bond: string }) => ({
      zh: `没有专项债券 ${f.bond}，或不在您的管辖范围内。请核对编号。`,
      en: `There is no special bond ${f.bond}, or it is not yours to see. Check the code.`,
    }),
  },
  bond_exists: {
    status: 409,
    pinned: true,
    title: { zh: '债券编号已被使用', en: 'The code of the bond is taken' },
    detail: (f: { bond: string; state: Text }) => ({
      zh: `专项债券 ${f.bond} 已登记（${f.state.zh}）。请换一个编号；已登记的债券请办理发行、分配。`,
      en: `Special bond ${f.bond} is registered (${f.state.en}). Use another code; one that is registered is issued and allocated.`,
    }),
  },
  book_keeps_no_bonds: {
    status: 422,
    title: { zh: '该账套不登记债券', en: 'The book keeps no bonds' },
    detail: (f: { book: string; standard: Text }) => ({
      zh: `账套 ${f.book} 采用「${f.standard.zh}」，没有债券台账科目。请登记到发行人的备查账套（memo）。`,
      en: `Book ${f.book} is kept by the standard ${f.standard.en}, which has no accounts for bonds. Register it in the memo book of its issuer.`,
    }),
  },
  bond_not_approved: {
    status: 422,
    pinned: true,
    title: { zh: '债券不在可发行状态', en: 'The bond is not to be issued' },
    detail: (f: { bond: string; state: Text }) => ({
      zh: `专项债券 ${f.bond} 的状态为「${f.state.zh}」，只有已批准而未发行的可以发行，且只发行一次。待批准的请先办结审批；已发行的请办理分配。`,
      en: `Special bond ${f.bond} is ${f.state.en}; only one that is approved and not issued yet is issued, and once. Have it approved first; allocate one that is issued.`,
    }),
  },
  bond_not_issued: {
    status: 422,
    pinned: true,
    title: { zh: '债券尚未发行', en: 'The bond is not issued' },
    detail: (f: { bond: string; state: Text; on: Day; start: string }) => ({
      zh: `专项债券 ${f.bond} 的状态为「${f.state.zh}」，起息日 ${f.start}，${f.on} 尚无募集资金可分配、使用。请先办理发行，并用起息日及以后的日期。`,
      en: `Special bond ${f.bond} is ${f.state.en}, with ${f.start} as its first day of interest; on ${f.on} nothing of it can be allocated or used. Issue it first, and use that day or a later one.`,
    }),
  },
  allocation_not_face: {
    status: 422,
    title: { zh: '分配额与债券面值不符', en: 'The allocation is not the face of the bond' },
    detail: (f: { allocated: Fen; face: Fen }) => ({
      zh: `各项目分配额合计 ${formatFen(f.allocated)} 元，与债券面值 ${formatFen(f.face)} 元相差 ${formatFen(f.allocated - f.face)} 元。请调整分配额，使合计等于面值。`,
      en: `The projects are allocated ${formatFen(f.allocated)} yuan of a face of ${formatFen(f.face)} yuan, a difference of ${formatFen(f.allocated - f.face)}. Change the allocation so that it adds up to the face.`,
    }),
  },
  term_not_allowed: {
    status: 422,
    title: { zh: '债券期限不在规定范围', en: 'A bond may not have this term' },
    detail: (f: { years: number; allowed: readonly number[] }) => ({
      zh: `专项债券期限 ${f.years} 年不在可用期限（${f.allowed.join('、')} 年）之内。请改用其中一个期限。`,
      en: `A special bond may not run for ${f.years} years; the terms are ${f.allowed.join(', ')} years. Choose one of them.`,
    }),
  },
  bond_allocation_out_of_order: {
    status: 422,
    pinned: true,
    title: { zh: '分配起始日早于现行分配', en: 'The allocation begins before the one in force' },
    detail: (f: { bond: string; from: Day; version: number; since: Day }) => ({
      zh: `专项债券 ${f.bond} 的第 ${f.version} 版分配自 ${f.since} 起执行，新的分配自 ${f.from} 起，不晚于它。以前各期利息的分摊不改；请改用 ${f.since} 之后的日期。`,
      en: `Allocation ${f.version} of special bond ${f.bond} holds from ${f.since}; a new one from ${f.from} does not come after it. What earlier periods bore stays; use a day after ${f.since}.`,
    }),
  },
  bond_due_not_found: {
    status: 404,
    title: { zh: '没有这一期应付本息', en: 'Nothing is due under this number' },
    detail: (f: { bond: string; number: number }) => ({
      zh: `专项债券 ${f.bond} 没有已登记的第 ${f.number} 期应付本息。到期的由作业 bond-dues 拟定，审批后登记；请核对期数。`,
      en: `Nothing is recorded as due under number ${f.number} of special bond ${f.bond}. What falls due is drafted by the job bond-dues and recorded when it is approved; check the number.`,
    }),
  },
  bond_due_out_of_order: {
    status: 422,
    pinned: true,
    title: { zh: '这一期本息的步骤不对', en: 'Out of order for what is due' },
    detail: (f: { bond: string; number: number; state: Text; step: Text }) => ({
      zh: `专项债券 ${f.bond} 第 ${f.number} 期本息的状态为「${f.state.zh}」，不能记为「${f.step.zh}」。依次为待筹、已筹、已付，各记一次。`,
      en: `Number ${f.number} of special bond ${f.bond} is ${f.state.en} and cannot become ${f.step.en}. It is due, set aside, then paid, each once.`,
    }),
  },
  recurrent_not_allowed: {
    status: 422,
    title: { zh: '债券资金不得用于经常性支出', en: 'A bond pays no recurrent cost' },
    detail: (f: { bond: string; project: string }) => ({
      zh: `项目 ${f.project} 的这笔支出是经常性支出，专项债券 ${f.bond} 的资金不得用于经常性支出。请改用其他资金来源。`,
      en: `This cost of project ${f.project} is recurrent, and special bond ${f.bond} pays none. Have another source pay it.`,
    }),
  },
  bond_not_allocated: {
    status: 422,
    pinned: true,
    title: { zh: '债券资金未分配给该项目', en: 'Nothing of the bond is allocated to the project' },
    detail: (f: { bond: string; project: string; on: Day; projects: Text }) => ({
      zh: `${f.on} 专项债券 ${f.bond} 没有分配给项目 ${f.project}（已分配：${f.projects.zh || '无'}）。请先调整分配并报批，或改由已分配的项目使用。`,
      en: `On ${f.on} special bond ${f.bond} is not allocated to project ${f.project} (allocated: ${f.projects.en || 'none'}). Change the allocation first, or use it for a project that has a share.`,
    }),
  },
  bond_allocation_insufficient: {
    status: 422,
    pinned: true,
    title: { zh: '超出项目分得的债券资金', en: 'Above what the project was allocated' },
    detail: (f: { bond: string; project: string; allocatedFen: Fen; usedFen: Fen; askedFen: Fen; overFen: Fen }) => ({
      zh: `专项债券 ${f.bond} 分配给项目 ${f.project} ${formatFen(f.allocatedFen)} 元，已使用 ${formatFen(f.usedFen)} 元，本次 ${formatFen(f.askedFen)} 元，超出 ${formatFen(f.overFen)} 元。请减少金额，或先调整分配。`,
      en: `Special bond ${f.bond} allocates ${formatFen(f.allocatedFen)} yuan to project ${f.project}, of which ${formatFen(f.usedFen)} is used; with ${formatFen(f.askedFen)} more that is ${formatFen(f.overFen)} too much. Ask for less, or change the allocation first.`,
    }),
  },
} as const

/** What other rules of trial calculations say no to. */
export const ruleRefusals = {
  purpose_not_eligible: {
    status: 422,
    title: { zh: '该用途不能提取住房公积金', en: 'Provident fund may not be withdrawn for this purpose' },
    detail: (f: { purpose: string; allowed: readonly string[] }) => ({
      zh: `用途「${f.purpose}」不在可提取范围（${f.allowed.join('、')}）。请核对用途，或改用其他资金来源。`,
      en: `Purpose "${f.purpose}" is none of ${f.allowed.join(', ')}. Check the purpose, or pay from another source.`,
    }),
  },
} as const

export const refuse = catalogue({ ...bondRefusals, ...ruleRefusals })
