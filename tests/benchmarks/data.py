"""Projects to measure: template files like a shop's, and the live rows that equal them; always the same."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

LANGUAGES = ("en_US", "es_MX", "pt_BR", "de", "fr")
WABA_ID = "102290129340398"
TOKEN_VARIABLE = "WASYNC_BENCH_TOKEN"

_CONFIG = f"""\
version: 1
templates: ["templates/**/*.yaml"]
accounts:
  production:
    waba_id: "{WABA_ID}"
    token_env: {TOKEN_VARIABLE}
    vars:
      shop_url: https://shop.acme.example
"""

_TOPICS = ("orders", "returns", "billing", "bookings", "loyalty", "support")

# Per language: header, openings, middles, endings, footer, label of the link, label of the reply.
_WORDS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], str, str, str]] = {
    "en_US": (
        "Order {{order_id}} update %d",
        ("Hi {{first_name}}, your order {{order_id}} left our warehouse today.",
         "Hello {{first_name}}, we packed the order {{order_id}} this morning.",
         "Good news, {{first_name}}: the parcel for order {{order_id}} is ready."),
        ("The carrier hands it over between nine and noon on working days.",
         "You can follow every step of the way with the button below.",
         "Nobody has to be at home: the driver leaves it with a neighbour."),
        ("Thank you for buying at the Acme store, branch number %d.",
         "Questions about delivery %d? Our team answers every day.",
         "Keep this message until parcel number %d has reached you."),
        "Acme Store", "Track parcel", "Talk to us",
    ),
    "es_MX": (
        "Aviso %d del pedido {{order_id}}",
        ("Hola {{first_name}}, tu pedido {{order_id}} salió hoy de nuestro almacén.",
         "Buenas tardes {{first_name}}, empacamos el pedido {{order_id}} esta mañana.",
         "Buenas noticias, {{first_name}}: el paquete del pedido {{order_id}} está listo."),
        ("El repartidor lo entrega entre las nueve y las doce en días hábiles.",
         "Puedes seguir cada paso del envío con el botón de abajo.",
         "No hace falta que estés en casa: queda con una persona vecina."),
        ("Gracias por comprar en la tienda Acme, sucursal número %d.",
         "¿Dudas sobre la entrega %d? Nuestro equipo responde todos los días.",
         "Guarda este mensaje hasta recibir el paquete número %d."),
        "Tienda Acme", "Rastrear", "Hablar con alguien",
    ),
    "pt_BR": (
        "Aviso %d do pedido {{order_id}}",
        ("Olá {{first_name}}, seu pedido {{order_id}} saiu hoje do nosso depósito.",
         "Bom dia {{first_name}}, embalamos o pedido {{order_id}} nesta manhã.",
         "Boas notícias, {{first_name}}: o pacote do pedido {{order_id}} está pronto."),
        ("A transportadora entrega entre nove e doze horas em dias úteis.",
         "Você pode acompanhar cada etapa com o botão abaixo.",
         "Ninguém precisa estar em casa: deixamos com a vizinhança."),
        ("Obrigado por comprar na loja Acme, filial número %d.",
         "Dúvidas sobre a entrega %d? Nossa equipe responde todos os dias.",
         "Guarde esta mensagem até receber o pacote número %d."),
        "Loja Acme", "Rastrear pacote", "Falar conosco",
    ),
    "de": (
        "Nachricht %d zu {{order_id}}",
        ("Hallo {{first_name}}, deine Bestellung {{order_id}} hat heute unser Lager verlassen.",
         "Guten Tag {{first_name}}, wir haben die Bestellung {{order_id}} heute früh verpackt.",
         "Gute Nachricht, {{first_name}}: das Paket zur Bestellung {{order_id}} ist fertig."),
        ("Der Bote bringt es an Werktagen zwischen neun und zwölf Uhr.",
         "Mit der Schaltfläche unten kannst du jeden Schritt verfolgen.",
         "Niemand muss zu Hause sein: wir geben es in der Nachbarschaft ab."),
        ("Danke für deinen Einkauf im Acme-Laden, Filiale Nummer %d.",
         "Fragen zur Lieferung %d? Wir antworten an jedem Tag der Woche.",
         "Bewahre diese Nachricht auf, bis Paket Nummer %d da ist."),
        "Acme Laden", "Paket verfolgen", "Mit uns sprechen",
    ),
    "fr": (
        "Message %d sur {{order_id}}",
        ("Bonjour {{first_name}}, votre commande {{order_id}} a quitté notre entrepôt.",
         "Bonsoir {{first_name}}, nous avons emballé la commande {{order_id}} ce matin.",
         "Bonne nouvelle, {{first_name}} : le colis de la commande {{order_id}} est prêt."),
        ("Le livreur passe entre neuf heures et midi les jours ouvrables.",
         "Vous pouvez suivre chaque étape avec le bouton ci-dessous.",
         "Personne ne doit être présent : nous le laissons chez un voisin."),
        ("Merci pour votre achat à la boutique Acme, agence numéro %d.",
         "Une question sur la livraison %d ? Notre équipe répond chaque jour.",
         "Gardez ce message jusqu'à la réception du colis numéro %d."),
        "Boutique Acme", "Suivre le colis", "Nous parler",
    ),
}  # fmt: skip


def policy(words: int) -> str:
    """A policy for wasync.yaml that bans so many words and that the files keep."""
    banned = ", ".join(f"forbidden{number}" for number in range(words))
    return f"""\
policy:
  banned_words: [{banned}]
  link_domains: [shop.acme.example]
  opt_out: {{en: Reply STOP}}
  required_languages: [{", ".join(LANGUAGES)}]
  schemas: [house.json]
"""


def write_project(folder: Path, files: int, changed: Callable[[int], bool] = lambda _number: False) -> None:
    """Write wasync.yaml and `files` templates in five languages; the `changed` ones differ in a word."""
    choice = random.Random(20261123)
    folder.mkdir(parents=True)
    (folder / "wasync.yaml").write_text(_CONFIG, encoding="utf-8")
    for topic in _TOPICS:
        (folder / "templates" / topic).mkdir(parents=True)
    for number in range(files):
        topic = _TOPICS[number % len(_TOPICS)]
        shared = (
            "category: utility\n"
            f"description: Message {number} about {topic}. Sent by the order service.\n"
            'owner: "@acme/order-comms"\n'
            "variables:\n"
            f"  first_name: {{example: {choice.choice(('Ana', 'Luis', 'Marta', 'Jon'))}}}\n"
            f"  order_id: {{example: A-{10_000 + number}, description: public order number}}\n"
            "languages:\n"
        )
        parts = [shared]
        for index, language in enumerate(LANGUAGES):
            header, openings, middles, endings, footer, link, reply = _WORDS[language]
            ending = choice.choice(endings) % number
            if changed(number * len(LANGUAGES) + index):
                ending = ending.replace(str(number), f"{number}-B")
            parts.append(
                f"  {language}:\n"
                f'    header: "{header % number}"\n'
                "    body: |\n"
                f"      {choice.choice(openings)}\n"
                f"      {choice.choice(middles)}\n"
                f"      {ending}\n"
                f"    footer: {footer}\n"
                "    buttons:\n"
                "      - type: url\n"
                f"        text: {link}\n"
                f'        url: "${{shop_url}}/t/{number}/{{{{1}}}}"\n'
                f"        example: https://shop.acme.example/t/{number}/A-{10_000 + number}\n"
                "      - type: quick_reply\n"
                f"        text: {reply}\n"
            )
        path = folder / "templates" / topic / f"{topic}_message_{number:05}.yaml"
        path.write_text("".join(parts), encoding="utf-8")


def write_seed(project: Path, folder: Path) -> int:
    """Write what the emulator is to hold: every template of the project, approved. How many there are."""
    from wasync.canonical import to_graph
    from wasync.project.config import load_config
    from wasync.project.desired import desired
    from wasync.project.documents import read_documents
    from wasync.project.values import account_values

    config = load_config(project, {})
    account = config.accounts[0]
    found = desired(read_documents(config), config, account, account_values(account, {}, {}))
    if found.findings:
        raise ValueError(f"the benchmark's own files have findings: {found.findings[0]}")
    rows = [
        {**to_graph(template, {}), "id": str(10**15 + number), "status": "APPROVED"}
        for number, template in enumerate(found.templates.values())
    ]
    folder.mkdir(parents=True)
    (folder / "live.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return len(rows)
