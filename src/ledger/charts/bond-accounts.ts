/** The accounts of the memo chart that the record of a special bond moves through, by what they are (rules §4.7). */
export const bondAccounts = {
  // 限额: 发行额度 = 待发行 + 已发行
  limit: '961',
  unissued: '911',
  issued: '912',
  // 募集资金 = 待分配 + 已分配待使用 + 已使用
  raised: '971',
  unallocated: '921',
  allocated: '922',
  used: '923',
  // 应付本息 = 待筹 + 已筹
  owed: '983',
  toRaise: '933',
  setAside: '934',
} as const
