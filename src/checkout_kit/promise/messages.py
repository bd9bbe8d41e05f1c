"""The words around a promised date in each language; dates and times themselves come from Babel."""

from collections.abc import Mapping
from typing import Final, get_args

from attrs import frozen

from checkout_kit.promise.tracking import Cause


@frozen(kw_only=True)
class Messages:
    """One language's words; `{when}` and the like are filled in.

    `units` are days, hours and minutes; `steps` the titles of the timeline in its order; `causes` say why a
    promise has changed.
    """

    arrives: str
    until: str
    today: str
    tomorrow: str
    within: str
    changed: str
    units: tuple[str, str, str]
    unit_gap: str = " "
    steps: tuple[str, str, str, str, str]
    causes: Mapping[Cause, str]


def _causes(text: str) -> Mapping[Cause, str]:
    causes: tuple[Cause, ...] = get_args(Cause)
    return dict(zip(causes, text.split("|"), strict=True))


CATALOGUE: Final[dict[str, Messages]] = {
    "en": Messages(
        arrives="arrives {when}",
        until="{day} by {time}",
        today="today",
        tomorrow="tomorrow",
        within="order within {left}",
        changed="now {new} instead of {old}: {cause}",
        units=("d", "h", "min"),
        steps=("Order placed", "Order by", "Leaves us", "On its way", "Arrives"),
        causes=_causes(
            "handed over late|handed over early|held by customs|delayed by the carrier|nobody was there|"
            "overdue|out for delivery|delivered|going back to the sender"
        ),
    ),
    "de": Messages(
        arrives="Lieferung {when}",
        until="{day} bis {time}",
        today="heute",
        tomorrow="morgen",
        within="innerhalb von {left} bestellen",
        changed="jetzt {new} statt {old}: {cause}",
        units=("Tg.", "Std.", "Min."),
        steps=("Bestellt", "Bestellen bis", "Versand", "Unterwegs", "Lieferung"),
        causes=_causes(
            "verspätet übergeben|früher übergeben|beim Zoll angehalten|beim Zusteller verzögert|"
            "niemand angetroffen|überfällig|in Zustellung|zugestellt|auf dem Rückweg zum Absender"
        ),
    ),
    "fr": Messages(
        arrives="livraison {when}",
        until="{day} avant {time}",
        today="aujourd’hui",
        tomorrow="demain",
        within="commandez dans les {left}",
        changed="désormais {new} au lieu de {old} : {cause}",
        units=("j", "h", "min"),
        steps=("Commande passée", "À commander avant", "Expédition", "En chemin", "Livraison"),
        causes=_causes(
            "remis en retard au transporteur|remis en avance au transporteur|retenu en douane|"
            "retard du transporteur|destinataire absent|en retard|en cours de livraison|livré|"
            "renvoyé à l’expéditeur"
        ),
    ),
    "es": Messages(
        arrives="llega {when}",
        until="{day} antes de las {time}",
        today="hoy",
        tomorrow="mañana",
        within="pide en las próximas {left}",
        changed="ahora {new} en lugar de {old}: {cause}",
        units=("d", "h", "min"),
        steps=("Pedido realizado", "Pedir antes de", "Envío", "En camino", "Entrega"),
        causes=_causes(
            "salió con retraso|salió antes de lo previsto|retenido en aduanas|retraso del transportista|"
            "no había nadie|con retraso|en reparto|entregado|de vuelta al remitente"
        ),
    ),
    "pt": Messages(
        arrives="chega {when}",
        until="{day} até as {time}",
        today="hoje",
        tomorrow="amanhã",
        within="peça nas próximas {left}",
        changed="agora {new} em vez de {old}: {cause}",
        units=("d", "h", "min"),
        steps=("Pedido feito", "Pedir até", "Envio", "A caminho", "Entrega"),
        causes=_causes(
            "enviado com atraso|enviado antes do previsto|retido na alfândega|atraso da transportadora|"
            "ninguém para receber|em atraso|saiu para entrega|entregue|de volta ao remetente"
        ),
    ),
    "nl": Messages(
        arrives="bezorgd {when}",
        until="{day} voor {time}",
        today="vandaag",
        tomorrow="morgen",
        within="bestel binnen {left}",
        changed="nu {new} in plaats van {old}: {cause}",
        units=("d", "u", "min"),
        steps=("Besteld", "Bestellen vóór", "Verzending", "Onderweg", "Bezorging"),
        causes=_causes(
            "te laat overgedragen|eerder overgedragen|vastgehouden door de douane|vertraging bij de bezorger|"
            "niemand thuis|vertraagd|onderweg naar de deur|bezorgd|terug naar de afzender"
        ),
    ),
    "it": Messages(
        arrives="arriva {when}",
        until="{day} entro le {time}",
        today="oggi",
        tomorrow="domani",
        within="ordina entro {left}",
        changed="ora {new} invece di {old}: {cause}",
        units=("g", "h", "min"),
        steps=("Ordine effettuato", "Ordinare entro", "Spedizione", "In viaggio", "Consegna"),
        causes=_causes(
            "partito in ritardo|partito in anticipo|fermo in dogana|ritardo del corriere|nessuno presente|"
            "in ritardo|in consegna|consegnato|di ritorno al mittente"
        ),
    ),
    "ja": Messages(
        arrives="{when}にお届け",
        until="{day}{time}まで",
        today="今日",
        tomorrow="明日",
        within="あと{left}以内のご注文",
        changed="{old}から{new}に変更：{cause}",
        units=("日", "時間", "分"),
        unit_gap="",
        steps=("ご注文", "注文締切", "発送", "配送中", "お届け"),
        causes=_causes(
            "発送の遅れ|早めの発送|税関で保留|配送の遅れ|ご不在|お届け予定日超過|配達中|配達済み|返送中"
        ),
    ),
    "pl": Messages(
        arrives="dostawa {when}",
        until="{day} do {time}",
        today="dziś",
        tomorrow="jutro",
        within="zamów w ciągu {left}",
        changed="teraz {new} zamiast {old}: {cause}",
        units=("d", "godz.", "min"),
        steps=("Zamówiono", "Zamów do", "Wysyłka", "W drodze", "Dostawa"),
        causes=_causes(
            "nadano z opóźnieniem|nadano wcześniej|zatrzymano na cle|opóźnienie przewoźnika|"
            "nikogo nie zastano|po terminie|w doręczeniu|doręczono|zwrot do nadawcy"
        ),
    ),
    "sv": Messages(
        arrives="levereras {when}",
        until="{day} före {time}",
        today="i dag",
        tomorrow="i morgon",
        within="beställ inom {left}",
        changed="nu {new} i stället för {old}: {cause}",
        units=("d", "h", "min"),
        steps=("Beställd", "Beställ före", "Skickas", "På väg", "Levereras"),
        causes=_causes(
            "lämnades sent|lämnades tidigt|hålls av tullen|försenad hos transportören|ingen var hemma|"
            "försenad|ute för leverans|levererad|på väg tillbaka till avsändaren"
        ),
    ),
}
