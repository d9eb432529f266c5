/** The names of the districts whose codes are in force (GB/T 2260), and of the city itself. */
import type { Text } from '../base/refusal.ts'

export const cityName: Text = { zh: '北京市（市本级）', en: 'Beijing, the city itself' }

const names: Readonly<Record<string, Text>> = {
  '110101': { zh: '东城区', en: 'Dongcheng' },
  '110102': { zh: '西城区', en: 'Xicheng' },
  '110105': { zh: '朝阳区', en: 'Chaoyang' },
  '110106': { zh: '丰台区', en: 'Fengtai' },
  '110107': { zh: '石景山区', en: 'Shijingshan' },
  '110108': { zh: '海淀区', en: 'Haidian' },
  '110109': { zh: '门头沟区', en: 'Mentougou' },
  '110111': { zh: '房山区', en: 'Fangshan' },
  '110112': { zh: '通州区', en: 'Tongzhou' },
  '110113': { zh: '顺义区', en: 'Shunyi' },
  '110114': { zh: '昌平区', en: 'Changping' },
  '110115': { zh: '大兴区', en: 'Daxing' },
  '110116': { zh: '怀柔区', en: 'Huairou' },
  '110117': { zh: '平谷区', en: 'Pinggu' },
  '110118': { zh: '密云区', en: 'Miyun' },
  '110119': { zh: '延庆区', en: 'Yanqing' },
}

/** The name of a district; its code where no name is known. */
export const districtName = (code: string): Text => names[code] ?? { zh: code, en: code }

export const districtNamesZh: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(names).map(([code, { zh }]) => [code, zh]),
)
