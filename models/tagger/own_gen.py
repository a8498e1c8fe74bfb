import json,random,re,sys
from aug import *
T={}
T['en']='''{P} is a {Y}-year-old {N} {J} from {C}.
She was born on {D} in {C}, {C}.
He is {Y} years old and works as a {J} at {O}.
Date of birth: {D}
DOB: {D}
Born {D}, {N} citizen
Nationality: {N}
Occupation: {J}
Job title: {J}
Age: {Y}
Employer: {O}
Company: {O}
City: {C}
Address: {A}
Full name: {P}
First name: {G}\nLast name: {L}
Patient {P}, {Y}, was admitted on {D}.
{P}, {J} at {O}
{P}\n{J}\n{O}\n{A}
Kind regards,\n{P}\n{J}, {O}
Best,\n{G}
Hi {G},\n\nthanks for your mail. I talked to {P} from {O} about it.
hey {G} did you talk to {G} yet
{G}: can you look at this today?
{G}: yes, {G} already did
I'm {G}, the new {J}.
my name is {P} and i am {Y}
We moved from {C} to {C} last year.
Send it to {A}, please.
The {N} customer {P} called again.
{P} has been our {J} since {D}.
Happy birthday {G}! {Y} already!
Is {G} still working for {O}?
{O} has hired {P} as {J}.
Meeting with {O} in {C}
{P} moved the card to Done
{P} commented: looks good to me
Reported by {P} on behalf of {O}
Mr. {L} and Mrs. {L} will arrive from {C}.
Dr. {L} is the {J} here.
Contact: {P}, tel. {T}
{P} <{E}> wrote:
From: {P} <{E}>\nTo: {P} <{E}>\nSubject: {O} contract
name,city,company\n{P},{C},{O}\n{P},{C},{O}
{P}\t{O}\t{C}\t{Y}
| {P} | {J} | {C} |
He is a devout {N} and votes {N}.
My {N} neighbour {G} is {Y}.
The weather in {C} was terrible when {G} visited.
Ticket from {P} ({O}, {C}): printer does not work
Please ship the parcel to {P}, {A}.
As a {J}, {G} earns more than {G}.
I used to live in {C} but {O} sent me to {C}.
{G} {L} and {G} {L} got married on {D}
{G}'s flight to {C} is delayed, says {L}.
Owner: {P}; Deputy: {P}
{"name": "{P}", "city": "{C}", "job": "{J}"}
{"employee": {"first_name": "{G}", "last_name": "{L}", "company": "{O}"}}
INSERT INTO people VALUES (1, '{G}', '{L}', '{C}', '{J}');
<author>{P}</author>
INFO user {U} logged in from {C}
WARN quota exceeded for {U}
Signed-off-by: {P} <{E}>
Co-authored-by: {P} <{E}>
name="{P}" city="{C}" company="{O}"
user={U} role=admin action=login
Drafts - {P} - Thunderbird
Calendar - {P} - Google Chrome
{O} - Annual plan.xlsx - Excel
{P} - Profile - Mozilla Firefox
Chat | {P} | Microsoft Teams
Direct message with {P} - Slack
Profile of {P}
Flights from {C} to {C}
{C} branch
The {O} account is overdue
Invoice for {O}, {C}
{O} and {O} announced a merger.
a colleague of {G} from {C}
I worked for {O} for {Y} years... no, at {O}
Did {O} pay? Ask {G} or {G}.
{O} signed the contract with {P} on Monday.
{G}, {G} and {G} were late.
Prof. {L} teaches in {C}
{P}'s calendar
Shared with {P}, {P} and {O}
Approved by {G} {L}
"{G} has left the group"'''
T['de']='''{P} ist {Y} Jahre alt und arbeitet als {J} bei {O}.
Sie wurde am {D} in {C} geboren.
Geburtsdatum: {D}
geb. am {D}
Staatsangehörigkeit: {N}
Beruf: {J}
Alter: {Y}
Arbeitgeber: {O}
Firma: {O}
Ort: {C}
Anschrift: {A}
Name: {P}
Vorname: {G}\nNachname: {L}
Sehr geehrte Frau {L},\n\nvielen Dank für Ihre Nachricht.
Sehr geehrter Herr {L},
Sehr geehrter Herr Dr. {L},
Hallo {G},\n\nkannst du bitte {P} von der {O} anrufen?
Liebe {G},
hi {G}, hast du {G} schon gefragt
{G}: kannst du das heute noch anschauen?
Mit freundlichen Grüßen\n{P}\n{J}\n{O}
Viele Grüße\n{G}
LG {G}
Herr {L} wohnt in der {A}.
Wir sind von {C} nach {C} gezogen.
Der {N} {J} {P} kommt aus {C}.
Die {O} hat {P} als {J} eingestellt.
Termin mit {O} in {C}
{P} hat die Aufgabe abgeschlossen
Zugewiesen an {P}
Patient: {P}, geb. {D}, wohnhaft {A}
Bitte schicken Sie das Paket an {P}, {A}.
{P}, {J}, {O}
{P}\t{O}\t{C}
Kunde {P} ({C}) meldet: Drucker geht nicht
Meine Nachbarin {G} ist {Y}.
{G} und {G} kommen am Freitag aus {C}.
Ich heiße {P} und bin {Y} Jahre alt.
Frau {L} hat am {D} Geburtstag.
Von: {P}\nAn: {P}\nBetreff: Vertrag mit {O}
Bearbeiter: {P}
Benutzer {U} hat sich angemeldet
Name;Ort;Firma\n{P};{C};{O}
Er ist {N} und arbeitet für die {O}.'''
T['fr']='''{P} a {Y} ans et travaille comme {J} chez {O}.
Elle est née le {D} à {C}.
Date de naissance : {D}
Né(e) le {D}
Nationalité : {N}
Profession : {J}
Âge : {Y} ans
Employeur : {O}
Société : {O}
Ville : {C}
Adresse : {A}
Nom : {L}\nPrénom : {G}
Nom complet : {P}
Bonjour {G},\n\nas-tu parlé à {P} de {O} ?
Madame {L},
Cher Monsieur {L},
Cordialement,\n{P}\n{J}\n{O}
Bises, {G}
salut {G}, tu as vu {G} ?
{G} : tu peux regarder ça aujourd'hui ?
M. {L} habite au {A}.
Nous avons quitté {C} pour {C}.
Le {J} {N} {P} vient de {C}.
{O} a embauché {P} comme {J}.
Réunion avec {O} à {C}
{P} a commenté votre document
Assigné à {P}
Patient : {P}, né le {D}, demeurant {A}
Merci d'envoyer le colis à {P}, {A}.
{P}, {J}, {O}
{P}\t{O}\t{C}
Le client {P} ({C}) signale une panne
Ma voisine {G} a {Y} ans.
{G} et {G} arrivent de {C} vendredi.
Je m'appelle {P} et j'ai {Y} ans.
De : {P}\nÀ : {P}\nObjet : contrat {O}
L'utilisateur {U} s'est connecté
L'ordinateur de {G} est en panne, dit {P}.
Dr {L} vous recevra à 10h30
Il est {N} et travaille pour {O}.'''
T['es']='''{P} tiene {Y} años y trabaja como {J} en {O}.
Nació el {D} en {C}.
Fecha de nacimiento: {D}
Nacionalidad: {N}
Profesión: {J}
Edad: {Y}
Empresa: {O}
Ciudad: {C}
Dirección: {A}
Nombre: {G}\nApellidos: {L}
Nombre completo: {P}
Hola {G},\n\n¿has hablado con {P} de {O}?
Estimada Sra. {L}:
Estimado Sr. {L}:
Un saludo,\n{P}\n{J}\n{O}
Saludos, {G}
oye {G}, ¿viste a {G}?
{G}: ¿puedes mirar esto hoy?
El señor {L} vive en {A}.
Nos mudamos de {C} a {C}.
El {J} {N} {P} viene de {C}.
{O} contrató a {P} como {J}.
Reunión con {O} en {C}
{P} comentó tu documento
Asignado a {P}
Paciente: {P}, nacido el {D}, domicilio {A}
Envíe el paquete a {P}, {A}.
{P}, {J}, {O}
{P}\t{O}\t{C}
El cliente {P} ({C}) informa de un fallo
Mi vecina {G} tiene {Y} años.
{G} y {G} llegan de {C} el viernes.
Me llamo {P} y tengo {Y} años.
De: {P}\nPara: {P}\nAsunto: contrato con {O}
El usuario {U} inició sesión
El portátil de {G} no arranca, dice {P}.
La doctora {L} le atenderá a las 10:30
Es {N} y trabaja para {O}.'''
T['it']='''{P} ha {Y} anni e lavora come {J} presso {O}.
È nata il {D} a {C}.
Data di nascita: {D}
Nazionalità: {N}
Professione: {J}
Età: {Y}
Azienda: {O}
Città: {C}
Indirizzo: {A}
Nome: {G}\nCognome: {L}
Nome e cognome: {P}
Ciao {G},\n\nhai parlato con {P} di {O}?
Gentile Sig.ra {L},
Egregio Sig. {L},
Cordiali saluti,\n{P}\n{J}\n{O}
A presto, {G}
ehi {G}, hai visto {G}?
{G}: puoi guardarlo oggi?
Il signor {L} abita in {A}.
Ci siamo trasferiti da {C} a {C}.
Il {J} {N} {P} viene da {C}.
{O} ha assunto {P} come {J}.
Riunione con {O} a {C}
{P} ha commentato il documento
Assegnato a {P}
Paziente: {P}, nato il {D}, residente in {A}
Spedire il pacco a {P}, {A}.
{P}, {J}, {O}
{P}\t{O}\t{C}
Il cliente {P} ({C}) segnala un guasto
La mia vicina {G} ha {Y} anni.
{G} e {G} arrivano da {C} venerdì.
Mi chiamo {P} e ho {Y} anni.
Da: {P}\nA: {P}\nOggetto: contratto {O}
L'utente {U} ha effettuato l'accesso
Il portatile di {G} non parte, dice {P}.
Il dottor {L} lavora all'ospedale di {C}
È {N} e lavora per {O}.'''
T['nl']='''{P} is {Y} jaar en werkt als {J} bij {O}.
Ze is geboren op {D} in {C}.
Geboortedatum: {D}
Nationaliteit: {N}
Beroep: {J}
Leeftijd: {Y}
Bedrijf: {O}
Woonplaats: {C}
Adres: {A}
Voornaam: {G}\nAchternaam: {L}
Naam: {P}
Hoi {G},\n\nheb je {P} van {O} al gesproken?
Geachte mevrouw {L},
Geachte heer {L},
Met vriendelijke groet,\n{P}\n{J}\n{O}
Groetjes, {G}
hey {G} heb je {G} gezien
{G}: kun je hier vandaag naar kijken?
De heer {L} woont op {A}.
We zijn van {C} naar {C} verhuisd.
De {N} {J} {P} komt uit {C}.
{O} heeft {P} aangenomen als {J}.
Overleg met {O} in {C}
{P} heeft gereageerd op je document
Toegewezen aan {P}
Patiënt: {P}, geboren {D}, wonend {A}
Stuur het pakket naar {P}, {A}.
{P}, {J}, {O}
{P}\t{O}\t{C}
Klant {P} ({C}) meldt een storing
Mijn buurvrouw {G} is {Y} jaar.
{G} en {G} komen vrijdag uit {C}.
Ik heet {P} en ben {Y} jaar oud.
Van: {P}\nAan: {P}\nOnderwerp: contract {O}
Gebruiker {U} is ingelogd
De laptop van {G} is stuk, zegt {P}.
Hij is {N} en werkt voor {O}.'''
T['pt']='''{P} tem {Y} anos e trabalha como {J} na {O}.
Nasceu em {D} em {C}.
Data de nascimento: {D}
Nacionalidade: {N}
Profissão: {J}
Idade: {Y}
Empresa: {O}
Cidade: {C}
Endereço: {A}
Morada: {A}
Nome: {G}\nSobrenome: {L}
Nome completo: {P}
Olá {G},\n\njá falaste com {P} da {O}?
Prezada Sra. {L},
Exmo. Sr. {L},
Atenciosamente,\n{P}\n{J}\n{O}
Abraços, {G}
oi {G}, viu o {G}?
{G}: consegues ver isto hoje?
O senhor {L} mora na {A}.
Mudámos de {C} para {C}.
O {J} {N} {P} é de {C}.
A {O} contratou {P} como {J}.
Reunião com a {O} em {C}
{P} comentou o seu documento
Atribuído a {P}
Paciente: {P}, nascido em {D}, residente em {A}
Envie a encomenda para {P}, {A}.
{P}, {J}, {O}
{P}\t{O}\t{C}
O cliente {P} ({C}) relata uma avaria
A minha vizinha {G} tem {Y} anos.
O {G} e a {G} chegam de {C} na sexta.
Chamo-me {P} e tenho {Y} anos.
De: {P}\nPara: {P}\nAssunto: contrato com a {O}
O usuário {U} entrou no sistema
O portátil do {G} avariou, diz {P}.
É {N} e trabalha para a {O}.'''
ADD={'en': 'Username: {U}\\nPassword: ********\nAt the age of {Y}, {P} moved to {C}.\n{P} ({Y}) is from {C}\n{G} turned {Y} on {D}.\n{P} has been a {J} at {O} since 2015.\n{O} appoints {P} as {J}.\nZIP: {Z}\\nCity: {C}\nStreet: {S}\\nPostcode: {Z}\\nTown: {C}\n{U} changed the status to closed\nYour appointment on {D} is confirmed, {G}.\nwho is {G}? the {N} one from {C}\nWorks council: {P}, {J}\n{C} {Z}\nIn {C}, {O} runs two plants.', 'de': 'Benutzername: {U}\\nKennwort: ********\nMit {Y} Jahren zog {P} nach {C}.\n{P} ({Y}) kommt aus {C}\n{P} ist seit 2015 {J} bei {O}.\n{O} ernennt {P} zum {J}.\nPLZ: {Z}\\nOrt: {C}\nStraße: {S}\\nPostleitzahl: {Z}\\nStadt: {C}\nIhr Termin am {D} ist bestätigt, Frau {L}.\n{Z} {C}\nIn {C} betreibt {O} zwei Werke.\nDer {Y}-jährige {P}\nDas Büro von {G} liegt in der {S}.\nDie {J} von {C}, {P}, kam später.', 'fr': 'Identifiant : {U}\\nMot de passe : ********\nÀ {Y} ans, {P} a déménagé à {C}.\n{P} est {J} chez {O} depuis 2015.\n{O} nomme {P} au poste de {J}.\nCode postal : {Z}\\nVille : {C}\nRue : {S}\\nCP : {Z}\nVotre rendez-vous du {D} est confirmé.\n{Z} {C}\nM. {L}, {Y} ans, habite à {C}', 'es': 'Usuario: {U}\\nClave: ********\nA los {Y} años, {P} se mudó a {C}.\n{P} es {J} en {O} desde 2015.\n{O} nombra a {P} {J}.\nC.P.: {Z}\\nCiudad: {C}\nCalle: {S}\\nCódigo postal: {Z}\nSu cita del {D} está confirmada.\n{Z} {C}\nLa vecina {N} de {G} trabaja en {O}.\n{L} trabajaba en {O}.', 'it': 'Nome utente: {U}\\nPassword: ********\nA {Y} anni {P} si è trasferita a {C}.\n{P} è {J} presso {O} dal 2015.\n{O} nomina {P} {J}.\nCAP: {Z}\\nCittà: {C}\nVia: {S}\\nCAP: {Z}\nIl suo appuntamento del {D} è confermato.\n{Z} {C}', 'nl': 'Gebruikersnaam: {U}\\nWachtwoord: ********\nOp {Y}-jarige leeftijd verhuisde {P} naar {C}.\n{P} is sinds 2015 {J} bij {O}.\n{O} stelt {P} aan als {J}.\nPostcode: {Z}\\nPlaats: {C}\nStraat: {S}\\nPostcode: {Z}\nUw afspraak van {D} is bevestigd.\n{Z} {C}\n{L} werkte bij {O} in {C}.', 'pt': 'Utilizador: {U}\\nSenha: ********\nAos {Y} anos, {P} mudou-se para {C}.\n{P} é {J} na {O} desde 2015.\n{O} nomeia {P} como {J}.\nCEP: {Z}\\nCidade: {C}\nRua: {S}\\nCódigo postal: {Z}\nA sua consulta de {D} está confirmada.\n{Z} {C}\nA colega {N} do {G} trabalha na {O}.'}
for k in ADD: T[k]+='\n'+ADD[k]
MORE2={'en': ['{P}, aged {Y}, lives in {C}.', 'My {Y} year old son {G} starts school.', 'she is {Y} y/o and from {C}', '{Y}yo male, {N}', 'A {Y} year old woman from {C} called.', 'When I was {Y}, we lived in {C}.', '{G} just turned {Y}', 'Patient is a {Y}-year-old {J}.', 'I am {Y} and I live in {C}.', 'He died at the age of {Y}.', 'the {N} embassy in {C}', 'She holds a {N} passport.', 'Most {N} customers pay late.', 'He grew up in a {N} family.', 'The {N} delegation met {O}.', 'a {N} colleague of {G}', 'He converted and is {N} now.', '{P} was a member of the {N} party.'], 'de': ['{P}, {Y}, aus {C}', 'Mein {Y}-jähriger Sohn {G}', 'Ich bin {Y} und wohne in {C}.', '{G} wird {Y}.', 'im Alter von {Y} Jahren', 'Ihr {N} Pass ist abgelaufen.', 'Er ist {N} und kommt aus {C}.', 'die {N} Botschaft in {C}'], 'fr': ['{P}, {Y} ans, de {C}', "à l'âge de {Y} ans", "J'ai {Y} ans et je vis à {C}.", 'son passeport {N}', "l'ambassade {N} à {C}", 'une collègue {N}'], 'es': ['{P}, de {Y} años, vive en {C}.', 'a la edad de {Y} años', 'Tengo {Y} años y vivo en {C}.', 'su pasaporte {N}', 'la embajada {N} en {C}'], 'it': ['{P}, {Y} anni, di {C}', "all'età di {Y} anni", 'Ho {Y} anni e vivo a {C}.', 'il suo passaporto {N}'], 'nl': ['{P} ({Y}) uit {C}', 'op {Y}-jarige leeftijd', 'Ik ben {Y} en woon in {C}.', 'haar {N} paspoort', 'mijn zoon van {Y}'], 'pt': ['{P}, de {Y} anos, vive em {C}.', 'com {Y} anos de idade', 'Tenho {Y} anos e moro em {C}.', 'o passaporte {N}', 'a embaixada {N} em {C}']}
for k in MORE2: T[k]+='\n'+'\n'.join(MORE2[k])
J={'en':'nurse,software engineer,accountant,senior analyst,head of sales,truck driver,teacher,lawyer,project manager,marketing director,dentist,data scientist,HR manager,chief financial officer,plumber,CEO,electrical engineer,office assistant,product owner,vice president of operations,architect,barista','de':'Krankenpfleger,Softwareentwicklerin,Buchhalter,Projektleiterin,Lehrerin,Rechtsanwalt,Vertriebsleiter,Zahnärztin,Ingenieur,Geschäftsführer,Sachbearbeiterin,Elektriker,Leiterin der Personalabteilung,Kfz-Mechaniker,Steuerberater,Hausmeister','fr':'infirmière,ingénieur logiciel,comptable,chef de projet,enseignante,avocat,directrice commerciale,dentiste,plombier,responsable des ressources humaines,architecte,assistante de direction,électricien,pharmacienne','es':'enfermera,ingeniero de software,contable,jefa de proyecto,profesora,abogado,director comercial,dentista,fontanero,responsable de recursos humanos,arquitecto,auxiliar administrativo,electricista','it':'infermiera,ingegnere del software,contabile,responsabile vendite,insegnante,avvocato,direttore commerciale,dentista,idraulico,capo progetto,architetto,impiegata amministrativa,elettricista','nl':'verpleegkundige,software-ontwikkelaar,boekhouder,projectleider,lerares,advocaat,verkoopleider,tandarts,loodgieter,hoofd personeelszaken,architect,beleidsmedewerker,elektricien','pt':'enfermeira,engenheiro de software,contabilista,gerente de projeto,professora,advogado,diretor comercial,dentista,encanador,analista de sistemas,arquiteto,assistente administrativa,eletricista'}
N={'en':'German,Polish,Nigerian,Brazilian,Catholic,Muslim,Indian,Spanish,Irish,Swedish,Democrat,Republican,Jewish,Hindu,Turkish,Kenyan,Vietnamese,Canadian','de':'deutsche,polnische,türkischer,spanische,katholisch,syrische,französischer,italienische,muslimisch,evangelisch,österreichischer,ukrainische,brasilianische','fr':'française,allemand,marocain,catholique,musulmane,portugaise,belge,sénégalais,juif,espagnole,italien,polonaise','es':'española,mexicano,colombiana,católico,alemán,peruana,argentino,francesa,musulmán,italiana,judía,chileno','it':'italiana,tedesco,francese,cattolica,spagnolo,rumena,musulmano,polacca,albanese,ebreo','nl':'Nederlandse,Belgische,Duitse,katholiek,Marokkaanse,Turkse,Poolse,Surinaamse,joods,Spaanse','pt':'portuguesa,brasileiro,angolana,católico,espanhol,francesa,muçulmano,alemã,judeu,italiana'}
M={'en':'January February March April May June July August September October November December'.split(),'de':'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(),'fr':'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(),'es':'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(),'it':'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre'.split(),'nl':'januari februari maart april mei juni juli augustus september oktober november december'.split(),'pt':'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro'.split()}
for k in J: J[k]=J[k].split(','); N[k]=N[k].split(',')
def date(l):
    d,m,y=random.randint(1,28),random.randint(1,12),random.randint(1940,2008); mn=M[l][m-1]
    o=[f'{d:02}/{m:02}/{y}',f'{d}.{m}.{y}',f'{d:02}.{m:02}.{y}',f'{y}-{m:02}-{d:02}',f'{d} {mn} {y}']
    if l=='en': o+=[f'{mn} {d}, {y}',f'{d} {mn[:3]} {y}',f'{m}/{d}/{y}']
    if l=='de': o+=[f'{d}. {mn} {y}']*2
    if l in('es','pt'): o+=[f'{d} de {mn} de {y}']*2
    return random.choice(o)
def slot(k,l):
    f=loc(l)
    return {'P':lambda:(person(f),'PERSON'),'G':lambda:(given(f),'PERSON'),'L':lambda:(last(f),'PERSON'),'O':lambda:(org(l,f),'ORGANISATION'),'C':lambda:(place(f),'LOCATION'),'A':lambda:(addr(FK[random.choice(LOC[l])]),'ADDRESS'),'J':lambda:(random.choice(J[l]) if random.random()<.6 else FK[random.choice(LOC[l])].job().split(' (')[0],'JOB_TITLE'),'N':lambda:(random.choice(N[l]) if random.random()<.6 else random.choice(NL[l]),'NATIONALITY'),'D':lambda:(date(l),'DATE'),'Y':lambda:(str(random.randint(3,95)),'AGE'),'E':lambda:(login(f)+'@'+random.choice(['example.com','mail.example.org','firma.de']),'EMAIL'),'T':lambda:(f.phone_number(),'PHONE'),'U':lambda:(login(f),'PERSON'),'Z':lambda:(FK[random.choice(LOC[l])].postcode(),'ADDRESS'),'S':lambda:(FK[random.choice(LOC[l])].street_address().replace('\n',', '),'ADDRESS')}[k]()
import lists
_nat=[x for x in open('own.txt').read().split('## nationality')[1].split('## place')[0].strip().split('\n')]
NL={'en':[w.capitalize() for w in (_nat[0]+' '+_nat[1]).split() if len(w)>4],'de':[w for w in _nat[2].split() if len(w)>4],'fr':_nat[3].split(),'es':_nat[4].split(),'it':_nat[5].split(),'nl':_nat[6].split(),'pt':_nat[7].split()}
def fill(t,l):
    out='';sp=[]
    for p in re.split(r'(\{[A-Z]\})',t):
        if re.fullmatch(r'\{[A-Z]\}',p):
            v,k=slot(p[1],l); sp.append((len(out),len(out)+len(v),k)); out+=v
        else: out+=p
    return out,sp
if __name__=='__main__':
    random.seed(5)
    langs=['en','en']+list(T)
    with open('own_train.jsonl','w') as w:
        for i in range(30000):
            l=random.choice(langs); n=random.choice([1,1,2,2,3]); t='';sp=[]
            for _ in range(n):
                x,s=fill(random.choice(T[l].split('\n')).replace('\\n','\n'),l)
                g='' if not t else random.choice(['\n',' ','\n\n'])
                o=len(t)+len(g); t+=g+x; sp+=[(a+o,b+o,k) for a,b,k in s]
            w.write(json.dumps({'text':t,'spans':[{'start':a,'end':b,'type':k} for a,b,k in sp],'language':l},ensure_ascii=False)+'\n')
