/** The language of the runtime's own words; all others come with the widget. */
export const isKorean = (language = ""): boolean => language.startsWith("ko");
