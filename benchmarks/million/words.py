"""What a million posts say: sentences as they are written in home care, put together at random.

Some words stand in every post, in one of ten, of fifty, of five hundred.
"""

from random import Random
from typing import Final

ALWAYS, OFTEN, SOMETIMES, SELDOM = "本日訪問", "血圧測定", "下腿浮腫", "褥瘡処置"
_OFTEN: Final = "血圧測定は{a}/{b}、脈拍{c}、SpO2 {d}％でした。"
_SOMETIMES: Final = "下腿浮腫は両側{e}+。"
_SELDOM: Final = "仙骨部の褥瘡処置をしました。"
_SENTENCES: Final = (
    "お変わりありません。",
    "朝食は全量、昼食は{e}割ほど召し上がりました。",
    "歩行器で玄関まで往復できました。ふらつきはありません。",
    "夜のトイレは{e}回、よく眠れたとのことです。",
    "お薬をお届けし、{e}週間分をセットしました。",
    "残薬は{e}回分です。飲み忘れがないか見守ります。",
    "次の訪問で確かめます。",
    "水分は1日{c}0mlほど。便は昨日ありました。",
    "体重{c}.{e}kg、先週と変わりありません。",
    "入浴の介助をしました。皮膚の赤みはありません。",
    "ご家族は、食欲が落ちたことを心配されています。",
    "デイサービスは今週から火曜と金曜になりました。",
    "リハビリでは立ち上がりの練習を{e}0回しました。",
    "痛みは右の膝に少しあるそうです。湿布を貼りました。",
    "ケアマネジャーに連絡し、手すりの件を相談します。",
    "咳と痰が少し。熱は36.{e}度です。",
    "インスリンは朝{b}単位、ご自分で打てています。",
    "耳が遠くなったようで、テレビの音が大きいです。",
    "口の中の手入れをし、入れ歯を合わせました。",
    "娘さんが日曜に来られるそうです。",
    "点滴は左の前腕から、もれはありません。",
    "酸素は{e}リットルで、息切れは動いたときだけです。",
)


def words_of_post(random: Random, number: int) -> str:
    """Return what the post of a number says."""
    said = [f"{ALWAYS}。", *random.sample(_SENTENCES, random.randint(2, 5))]
    for sentence, one_in in ((_OFTEN, 10), (_SOMETIMES, 50), (_SELDOM, 500)):
        if random.randrange(one_in) == 0:
            said.insert(random.randint(1, len(said)), sentence)
    figures = {
        "a": random.randint(96, 168),
        "b": random.randint(52, 94),
        "c": random.randint(38, 92),
        "d": random.randint(90, 99),
        "e": random.randint(1, 9),
    }
    return "".join(said).format(**figures) + f"（{number}）"
