"""The terms of the ontology, by tools/vocabulary.py from ontology/: do not edit."""

from __future__ import annotations

from aitia.vocabulary.lookup import Namespace

NAMESPACES: dict[str, str] = {
    "aitia": "https://w3id.org/aitia/ns#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "scheme": "https://w3id.org/aitia/scheme/",
    "role": "https://w3id.org/aitia/role/",
    "quantity": "https://w3id.org/aitia/quantity/",
}


class AITIA(metaclass=Namespace):
    """The Aitia ontology, as CURIEs."""

    AIAgent = "aitia:AIAgent"
    AISystem = "aitia:AISystem"
    Accelerator = "aitia:Accelerator"
    ActivationLayer = "aitia:ActivationLayer"
    AdaptedModel = "aitia:AdaptedModel"
    Adapter = "aitia:Adapter"
    Architecture = "aitia:Architecture"
    Artifact = "aitia:Artifact"
    Assumption = "aitia:Assumption"
    AttentionLayer = "aitia:AttentionLayer"
    Campaign = "aitia:Campaign"
    Cancelled = "aitia:Cancelled"
    CaptureAdapter = "aitia:CaptureAdapter"
    CaptureBundle = "aitia:CaptureBundle"
    CaptureNote = "aitia:CaptureNote"
    CausalAnalysis = "aitia:CausalAnalysis"
    CausalClaim = "aitia:CausalClaim"
    CausalVariable = "aitia:CausalVariable"
    Checkpoint = "aitia:Checkpoint"
    Cluster = "aitia:Cluster"
    ClusteringArchitecture = "aitia:ClusteringArchitecture"
    Completed = "aitia:Completed"
    ComputeNode = "aitia:ComputeNode"
    ComputeResource = "aitia:ComputeResource"
    ContainerImage = "aitia:ContainerImage"
    ConvolutionLayer = "aitia:ConvolutionLayer"
    DataRecord = "aitia:DataRecord"
    DataTransformation = "aitia:DataTransformation"
    Dataset = "aitia:Dataset"
    DatasetSplit = "aitia:DatasetSplit"
    Decision = "aitia:Decision"
    DenseLayer = "aitia:DenseLayer"
    EdgeNode = "aitia:EdgeNode"
    EffectEstimate = "aitia:EffectEstimate"
    EmbeddingLayer = "aitia:EmbeddingLayer"
    EvaluationRun = "aitia:EvaluationRun"
    Execution = "aitia:Execution"
    ExecutionStatus = "aitia:ExecutionStatus"
    Explanation = "aitia:Explanation"
    Failed = "aitia:Failed"
    FeatureTable = "aitia:FeatureTable"
    Feedback = "aitia:Feedback"
    FoundationModel = "aitia:FoundationModel"
    GPU = "aitia:GPU"
    HumanReview = "aitia:HumanReview"
    Inference = "aitia:Inference"
    Interrupted = "aitia:Interrupted"
    JobAllocation = "aitia:JobAllocation"
    JournalSegment = "aitia:JournalSegment"
    KernelArchitecture = "aitia:KernelArchitecture"
    Layer = "aitia:Layer"
    LearningCurve = "aitia:LearningCurve"
    LearningCurveType = "aitia:LearningCurveType"
    LinearArchitecture = "aitia:LinearArchitecture"
    LossFunction = "aitia:LossFunction"
    MLFramework = "aitia:MLFramework"
    Measurement = "aitia:Measurement"
    MediationEstimate = "aitia:MediationEstimate"
    Model = "aitia:Model"
    NetworkInterface = "aitia:NetworkInterface"
    NeuralArchitecture = "aitia:NeuralArchitecture"
    NormalizationLayer = "aitia:NormalizationLayer"
    ObservableQuantity = "aitia:ObservableQuantity"
    Optimizer = "aitia:Optimizer"
    ParameterSetting = "aitia:ParameterSetting"
    PoolingLayer = "aitia:PoolingLayer"
    Port = "aitia:Port"
    Prediction = "aitia:Prediction"
    PretrainingRun = "aitia:PretrainingRun"
    ProbabilisticArchitecture = "aitia:ProbabilisticArchitecture"
    Processor = "aitia:Processor"
    Prompt = "aitia:Prompt"
    PromptTemplate = "aitia:PromptTemplate"
    QuarantinedRecord = "aitia:QuarantinedRecord"
    Queued = "aitia:Queued"
    RecurrentLayer = "aitia:RecurrentLayer"
    RegularizationLayer = "aitia:RegularizationLayer"
    Running = "aitia:Running"
    SearchDimension = "aitia:SearchDimension"
    Series = "aitia:Series"
    Site = "aitia:Site"
    Software = "aitia:Software"
    SoftwareEnvironment = "aitia:SoftwareEnvironment"
    SoftwarePackage = "aitia:SoftwarePackage"
    SourceRevision = "aitia:SourceRevision"
    Specification = "aitia:Specification"
    StorageSystem = "aitia:StorageSystem"
    TaskRun = "aitia:TaskRun"
    TaskSpecification = "aitia:TaskSpecification"
    TelemetryCollection = "aitia:TelemetryCollection"
    TelemetryProbe = "aitia:TelemetryProbe"
    ThrottlingEpisode = "aitia:ThrottlingEpisode"
    Tokenizer = "aitia:Tokenizer"
    Tool = "aitia:Tool"
    ToolInvocation = "aitia:ToolInvocation"
    TrainingConfiguration = "aitia:TrainingConfiguration"
    TrainingEpoch = "aitia:TrainingEpoch"
    TrainingRun = "aitia:TrainingRun"
    TreeEnsembleArchitecture = "aitia:TreeEnsembleArchitecture"
    WorkflowEngine = "aitia:WorkflowEngine"
    WorkflowRun = "aitia:WorkflowRun"
    WorkflowSpecification = "aitia:WorkflowSpecification"
    aboutSubject = "aitia:aboutSubject"
    activationFunction = "aitia:activationFunction"
    adaptationMethod = "aitia:adaptationMethod"
    adaptedFrom = "aitia:adaptedFrom"
    adapterRank = "aitia:adapterRank"
    adapterScale = "aitia:adapterScale"
    affects = "aitia:affects"
    annotationProtocol = "aitia:annotationProtocol"
    arrayShape = "aitia:arrayShape"
    attentionHeads = "aitia:attentionHeads"
    basedOnPrediction = "aitia:basedOnPrediction"
    batchSize = "aitia:batchSize"
    bestStep = "aitia:bestStep"
    bestValue = "aitia:bestValue"
    branchName = "aitia:branchName"
    byteSize = "aitia:byteSize"
    bytesRead = "aitia:bytesRead"
    bytesReceived = "aitia:bytesReceived"
    bytesSent = "aitia:bytesSent"
    bytesWritten = "aitia:bytesWritten"
    capacityBytes = "aitia:capacityBytes"
    carbonGramsCO2e = "aitia:carbonGramsCO2e"
    causeVariable = "aitia:causeVariable"
    checkpointStep = "aitia:checkpointStep"
    clusterCount = "aitia:clusterCount"
    columnName = "aitia:columnName"
    columnSchema = "aitia:columnSchema"
    commandLine = "aitia:commandLine"
    commitHash = "aitia:commitHash"
    componentCount = "aitia:componentCount"
    componentOf = "aitia:componentOf"
    confidence = "aitia:confidence"
    configuredBy = "aitia:configuredBy"
    connectsTo = "aitia:connectsTo"
    containerRuntime = "aitia:containerRuntime"
    contextLength = "aitia:contextLength"
    coreCount = "aitia:coreCount"
    cpuSeconds = "aitia:cpuSeconds"
    curveType = "aitia:curveType"
    cybersecurityMeasure = "aitia:cybersecurityMeasure"
    decisionKind = "aitia:decisionKind"
    directEffect = "aitia:directEffect"
    distilledFrom = "aitia:distilledFrom"
    distributionFamily = "aitia:distributionFamily"
    doseResponse = "aitia:doseResponse"
    drawnFrom = "aitia:drawnFrom"
    driverVersion = "aitia:driverVersion"
    dropoutRate = "aitia:dropoutRate"
    durationSeconds = "aitia:durationSeconds"
    edgeStability = "aitia:edgeStability"
    effectDivision = "aitia:effectDivision"
    effectSpan = "aitia:effectSpan"
    effectVariable = "aitia:effectVariable"
    elementType = "aitia:elementType"
    enacts = "aitia:enacts"
    endMarks = "aitia:endMarks"
    energyJoules = "aitia:energyJoules"
    epochBudget = "aitia:epochBudget"
    errorMessage = "aitia:errorMessage"
    evaluatedOn = "aitia:evaluatedOn"
    externalInteraction = "aitia:externalInteraction"
    falseDiscoveryRate = "aitia:falseDiscoveryRate"
    feedbackKind = "aitia:feedbackKind"
    feedbackOn = "aitia:feedbackOn"
    feedsInto = "aitia:feedsInto"
    fileSystemType = "aitia:fileSystemType"
    firstValue = "aitia:firstValue"
    fitnessQuantity = "aitia:fitnessQuantity"
    fromTemplate = "aitia:fromTemplate"
    gramsCO2ePerKilowattHour = "aitia:gramsCO2ePerKilowattHour"
    grantedAcceleratorCount = "aitia:grantedAcceleratorCount"
    grantedCoreCount = "aitia:grantedCoreCount"
    grantedMemoryBytes = "aitia:grantedMemoryBytes"
    grantedResource = "aitia:grantedResource"
    hasArchitecture = "aitia:hasArchitecture"
    hasInputPort = "aitia:hasInputPort"
    hasLayer = "aitia:hasLayer"
    hasLearningCurve = "aitia:hasLearningCurve"
    hasOutputPort = "aitia:hasOutputPort"
    hasSetting = "aitia:hasSetting"
    hasTask = "aitia:hasTask"
    hasUncommittedChanges = "aitia:hasUncommittedChanges"
    higherIsBetter = "aitia:higherIsBetter"
    indexOfBest = "aitia:indexOfBest"
    indexStart = "aitia:indexStart"
    indexStride = "aitia:indexStride"
    indirectEffect = "aitia:indirectEffect"
    inlineIndex = "aitia:inlineIndex"
    inlineTimes = "aitia:inlineTimes"
    inlineValues = "aitia:inlineValues"
    inputShape = "aitia:inputShape"
    inputTokenCount = "aitia:inputTokenCount"
    insideContainer = "aitia:insideContainer"
    instructionSet = "aitia:instructionSet"
    instructionsForUse = "aitia:instructionsForUse"
    intendedPurpose = "aitia:intendedPurpose"
    isExperimental = "aitia:isExperimental"
    jobIdentifier = "aitia:jobIdentifier"
    kernelFunction = "aitia:kernelFunction"
    kernelSize = "aitia:kernelSize"
    knownBias = "aitia:knownBias"
    knownLimitation = "aitia:knownLimitation"
    lastValue = "aitia:lastValue"
    layerCount = "aitia:layerCount"
    layerIndex = "aitia:layerIndex"
    learningRate = "aitia:learningRate"
    linkFunction = "aitia:linkFunction"
    linkSpeedBitsPerSecond = "aitia:linkSpeedBitsPerSecond"
    locatedAt = "aitia:locatedAt"
    locator = "aitia:locator"
    marketForm = "aitia:marketForm"
    mattersTo = "aitia:mattersTo"
    maximum = "aitia:maximum"
    mean = "aitia:mean"
    meanPowerWatts = "aitia:meanPowerWatts"
    measuresQuantity = "aitia:measuresQuantity"
    memoryBytes = "aitia:memoryBytes"
    mergedFrom = "aitia:mergedFrom"
    minimum = "aitia:minimum"
    missedSampleCount = "aitia:missedSampleCount"
    modelName = "aitia:modelName"
    nonFiniteCount = "aitia:nonFiniteCount"
    noteCount = "aitia:noteCount"
    noteKind = "aitia:noteKind"
    numericValue = "aitia:numericValue"
    observedBy = "aitia:observedBy"
    operatingSystem = "aitia:operatingSystem"
    orientationStability = "aitia:orientationStability"
    outputShape = "aitia:outputShape"
    outputTokenCount = "aitia:outputTokenCount"
    packageUrl = "aitia:packageUrl"
    padding = "aitia:padding"
    parameterBits = "aitia:parameterBits"
    parameterCount = "aitia:parameterCount"
    partOfExecution = "aitia:partOfExecution"
    peakAcceleratorMemoryBytes = "aitia:peakAcceleratorMemoryBytes"
    peakMemoryBytes = "aitia:peakMemoryBytes"
    peakPowerWatts = "aitia:peakPowerWatts"
    peakTemperatureCelsius = "aitia:peakTemperatureCelsius"
    penaltyKind = "aitia:penaltyKind"
    penaltyStrength = "aitia:penaltyStrength"
    permutationImportance = "aitia:permutationImportance"
    pointCount = "aitia:pointCount"
    powerLimitWatts = "aitia:powerLimitWatts"
    predeterminedChange = "aitia:predeterminedChange"
    previousBundleDigest = "aitia:previousBundleDigest"
    productIllustration = "aitia:productIllustration"
    projectedBy = "aitia:projectedBy"
    queueName = "aitia:queueName"
    queueWaitSeconds = "aitia:queueWaitSeconds"
    ranOn = "aitia:ranOn"
    ranRevision = "aitia:ranRevision"
    randomSeed = "aitia:randomSeed"
    rankCorrelation = "aitia:rankCorrelation"
    recordText = "aitia:recordText"
    requestedSeconds = "aitia:requestedSeconds"
    resourceManager = "aitia:resourceManager"
    samplingPeriodSeconds = "aitia:samplingPeriodSeconds"
    samplingStrategy = "aitia:samplingStrategy"
    samplingTemperature = "aitia:samplingTemperature"
    searchedOver = "aitia:searchedOver"
    serialOrUuid = "aitia:serialOrUuid"
    settingName = "aitia:settingName"
    settingValue = "aitia:settingValue"
    sha256 = "aitia:sha256"
    splitCriterion = "aitia:splitCriterion"
    splitRole = "aitia:splitRole"
    standardDeviation = "aitia:standardDeviation"
    status = "aitia:status"
    statusInferred = "aitia:statusInferred"
    stoppingTolerance = "aitia:stoppingTolerance"
    storedIn = "aitia:storedIn"
    stride = "aitia:stride"
    subsetOf = "aitia:subsetOf"
    temperatureLimitCelsius = "aitia:temperatureLimitCelsius"
    throttlingReason = "aitia:throttlingReason"
    throughVariable = "aitia:throughVariable"
    trainedOn = "aitia:trainedOn"
    trainingTokenCount = "aitia:trainingTokenCount"
    treeCount = "aitia:treeCount"
    treeDepth = "aitia:treeDepth"
    underAllocation = "aitia:underAllocation"
    underAssumption = "aitia:underAssumption"
    unitCode = "aitia:unitCode"
    unitCount = "aitia:unitCount"
    usedEnvironment = "aitia:usedEnvironment"
    usedModel = "aitia:usedModel"
    usedPrompt = "aitia:usedPrompt"
    usedTool = "aitia:usedTool"
    userInterface = "aitia:userInterface"
    usesLoss = "aitia:usesLoss"
    usesOptimizer = "aitia:usesOptimizer"
    usesTokenizer = "aitia:usesTokenizer"
    versionLabel = "aitia:versionLabel"
    vocabularySize = "aitia:vocabularySize"
    withAdapter = "aitia:withAdapter"


class PROV(metaclass=Namespace):
    """PROV-O, W3C Recommendation 30 April 2013, as CURIEs."""

    Activity = "prov:Activity"
    ActivityInfluence = "prov:ActivityInfluence"
    Agent = "prov:Agent"
    AgentInfluence = "prov:AgentInfluence"
    Association = "prov:Association"
    Attribution = "prov:Attribution"
    Bundle = "prov:Bundle"
    Collection = "prov:Collection"
    Communication = "prov:Communication"
    Delegation = "prov:Delegation"
    Derivation = "prov:Derivation"
    EmptyCollection = "prov:EmptyCollection"
    End = "prov:End"
    Entity = "prov:Entity"
    EntityInfluence = "prov:EntityInfluence"
    Generation = "prov:Generation"
    Influence = "prov:Influence"
    InstantaneousEvent = "prov:InstantaneousEvent"
    Invalidation = "prov:Invalidation"
    Location = "prov:Location"
    Organization = "prov:Organization"
    Person = "prov:Person"
    Plan = "prov:Plan"
    PrimarySource = "prov:PrimarySource"
    Quotation = "prov:Quotation"
    Revision = "prov:Revision"
    Role = "prov:Role"
    SoftwareAgent = "prov:SoftwareAgent"
    Start = "prov:Start"
    Usage = "prov:Usage"
    actedOnBehalfOf = "prov:actedOnBehalfOf"
    activity = "prov:activity"
    agent = "prov:agent"
    alternateOf = "prov:alternateOf"
    aq = "prov:aq"
    atLocation = "prov:atLocation"
    atTime = "prov:atTime"
    category = "prov:category"
    component = "prov:component"
    constraints = "prov:constraints"
    definition = "prov:definition"
    dm = "prov:dm"
    editorialNote = "prov:editorialNote"
    editorsDefinition = "prov:editorsDefinition"
    endedAtTime = "prov:endedAtTime"
    entity = "prov:entity"
    generated = "prov:generated"
    generatedAtTime = "prov:generatedAtTime"
    hadActivity = "prov:hadActivity"
    hadGeneration = "prov:hadGeneration"
    hadMember = "prov:hadMember"
    hadPlan = "prov:hadPlan"
    hadPrimarySource = "prov:hadPrimarySource"
    hadRole = "prov:hadRole"
    hadUsage = "prov:hadUsage"
    influenced = "prov:influenced"
    influencer = "prov:influencer"
    invalidated = "prov:invalidated"
    invalidatedAtTime = "prov:invalidatedAtTime"
    inverse = "prov:inverse"
    n = "prov:n"
    order = "prov:order"
    qualifiedAssociation = "prov:qualifiedAssociation"
    qualifiedAttribution = "prov:qualifiedAttribution"
    qualifiedCommunication = "prov:qualifiedCommunication"
    qualifiedDelegation = "prov:qualifiedDelegation"
    qualifiedDerivation = "prov:qualifiedDerivation"
    qualifiedEnd = "prov:qualifiedEnd"
    qualifiedForm = "prov:qualifiedForm"
    qualifiedGeneration = "prov:qualifiedGeneration"
    qualifiedInfluence = "prov:qualifiedInfluence"
    qualifiedInvalidation = "prov:qualifiedInvalidation"
    qualifiedPrimarySource = "prov:qualifiedPrimarySource"
    qualifiedQuotation = "prov:qualifiedQuotation"
    qualifiedRevision = "prov:qualifiedRevision"
    qualifiedStart = "prov:qualifiedStart"
    qualifiedUsage = "prov:qualifiedUsage"
    sharesDefinitionWith = "prov:sharesDefinitionWith"
    specializationOf = "prov:specializationOf"
    startedAtTime = "prov:startedAtTime"
    todo = "prov:todo"
    unqualifiedForm = "prov:unqualifiedForm"
    used = "prov:used"
    value = "prov:value"
    wasAssociatedWith = "prov:wasAssociatedWith"
    wasAttributedTo = "prov:wasAttributedTo"
    wasDerivedFrom = "prov:wasDerivedFrom"
    wasEndedBy = "prov:wasEndedBy"
    wasGeneratedBy = "prov:wasGeneratedBy"
    wasInfluencedBy = "prov:wasInfluencedBy"
    wasInformedBy = "prov:wasInformedBy"
    wasInvalidatedBy = "prov:wasInvalidatedBy"
    wasQuotedFrom = "prov:wasQuotedFrom"
    wasRevisionOf = "prov:wasRevisionOf"
    wasStartedBy = "prov:wasStartedBy"


CLASSES: frozenset[str] = frozenset(
    [
        "aitia:AIAgent",
        "aitia:AISystem",
        "aitia:Accelerator",
        "aitia:ActivationLayer",
        "aitia:AdaptedModel",
        "aitia:Adapter",
        "aitia:Architecture",
        "aitia:Artifact",
        "aitia:Assumption",
        "aitia:AttentionLayer",
        "aitia:Campaign",
        "aitia:CaptureAdapter",
        "aitia:CaptureBundle",
        "aitia:CaptureNote",
        "aitia:CausalAnalysis",
        "aitia:CausalClaim",
        "aitia:CausalVariable",
        "aitia:Checkpoint",
        "aitia:Cluster",
        "aitia:ClusteringArchitecture",
        "aitia:ComputeNode",
        "aitia:ComputeResource",
        "aitia:ContainerImage",
        "aitia:ConvolutionLayer",
        "aitia:DataRecord",
        "aitia:DataTransformation",
        "aitia:Dataset",
        "aitia:DatasetSplit",
        "aitia:Decision",
        "aitia:DenseLayer",
        "aitia:EdgeNode",
        "aitia:EffectEstimate",
        "aitia:EmbeddingLayer",
        "aitia:EvaluationRun",
        "aitia:Execution",
        "aitia:ExecutionStatus",
        "aitia:Explanation",
        "aitia:FeatureTable",
        "aitia:Feedback",
        "aitia:FoundationModel",
        "aitia:GPU",
        "aitia:HumanReview",
        "aitia:Inference",
        "aitia:JobAllocation",
        "aitia:JournalSegment",
        "aitia:KernelArchitecture",
        "aitia:Layer",
        "aitia:LearningCurve",
        "aitia:LearningCurveType",
        "aitia:LinearArchitecture",
        "aitia:LossFunction",
        "aitia:MLFramework",
        "aitia:Measurement",
        "aitia:MediationEstimate",
        "aitia:Model",
        "aitia:NetworkInterface",
        "aitia:NeuralArchitecture",
        "aitia:NormalizationLayer",
        "aitia:ObservableQuantity",
        "aitia:Optimizer",
        "aitia:ParameterSetting",
        "aitia:PoolingLayer",
        "aitia:Port",
        "aitia:Prediction",
        "aitia:PretrainingRun",
        "aitia:ProbabilisticArchitecture",
        "aitia:Processor",
        "aitia:Prompt",
        "aitia:PromptTemplate",
        "aitia:QuarantinedRecord",
        "aitia:RecurrentLayer",
        "aitia:RegularizationLayer",
        "aitia:SearchDimension",
        "aitia:Series",
        "aitia:Site",
        "aitia:Software",
        "aitia:SoftwareEnvironment",
        "aitia:SoftwarePackage",
        "aitia:SourceRevision",
        "aitia:Specification",
        "aitia:StorageSystem",
        "aitia:TaskRun",
        "aitia:TaskSpecification",
        "aitia:TelemetryCollection",
        "aitia:TelemetryProbe",
        "aitia:ThrottlingEpisode",
        "aitia:Tokenizer",
        "aitia:Tool",
        "aitia:ToolInvocation",
        "aitia:TrainingConfiguration",
        "aitia:TrainingEpoch",
        "aitia:TrainingRun",
        "aitia:TreeEnsembleArchitecture",
        "aitia:WorkflowEngine",
        "aitia:WorkflowRun",
        "aitia:WorkflowSpecification",
        "prov:Activity",
        "prov:ActivityInfluence",
        "prov:Agent",
        "prov:AgentInfluence",
        "prov:Association",
        "prov:Attribution",
        "prov:Bundle",
        "prov:Collection",
        "prov:Communication",
        "prov:Delegation",
        "prov:Derivation",
        "prov:EmptyCollection",
        "prov:End",
        "prov:Entity",
        "prov:EntityInfluence",
        "prov:Generation",
        "prov:Influence",
        "prov:InstantaneousEvent",
        "prov:Invalidation",
        "prov:Location",
        "prov:Organization",
        "prov:Person",
        "prov:Plan",
        "prov:PrimarySource",
        "prov:Quotation",
        "prov:Revision",
        "prov:Role",
        "prov:SoftwareAgent",
        "prov:Start",
        "prov:Usage",
    ]
)

OBJECT_PROPERTIES: frozenset[str] = frozenset(
    [
        "aitia:aboutSubject",
        "aitia:adaptationMethod",
        "aitia:adaptedFrom",
        "aitia:affects",
        "aitia:basedOnPrediction",
        "aitia:causeVariable",
        "aitia:componentOf",
        "aitia:configuredBy",
        "aitia:connectsTo",
        "aitia:curveType",
        "aitia:decisionKind",
        "aitia:distilledFrom",
        "aitia:effectVariable",
        "aitia:enacts",
        "aitia:evaluatedOn",
        "aitia:feedbackKind",
        "aitia:feedbackOn",
        "aitia:feedsInto",
        "aitia:fitnessQuantity",
        "aitia:fromTemplate",
        "aitia:grantedResource",
        "aitia:hasArchitecture",
        "aitia:hasInputPort",
        "aitia:hasLayer",
        "aitia:hasLearningCurve",
        "aitia:hasOutputPort",
        "aitia:hasSetting",
        "aitia:hasTask",
        "aitia:insideContainer",
        "aitia:locatedAt",
        "aitia:measuresQuantity",
        "aitia:mergedFrom",
        "aitia:partOfExecution",
        "aitia:ranOn",
        "aitia:ranRevision",
        "aitia:samplingStrategy",
        "aitia:searchedOver",
        "aitia:splitRole",
        "aitia:status",
        "aitia:storedIn",
        "aitia:subsetOf",
        "aitia:throughVariable",
        "aitia:trainedOn",
        "aitia:underAllocation",
        "aitia:underAssumption",
        "aitia:usedEnvironment",
        "aitia:usedModel",
        "aitia:usedPrompt",
        "aitia:usedTool",
        "aitia:usesLoss",
        "aitia:usesOptimizer",
        "aitia:usesTokenizer",
        "aitia:withAdapter",
        "prov:actedOnBehalfOf",
        "prov:activity",
        "prov:agent",
        "prov:alternateOf",
        "prov:atLocation",
        "prov:entity",
        "prov:generated",
        "prov:hadActivity",
        "prov:hadGeneration",
        "prov:hadMember",
        "prov:hadPlan",
        "prov:hadPrimarySource",
        "prov:hadRole",
        "prov:hadUsage",
        "prov:influenced",
        "prov:influencer",
        "prov:invalidated",
        "prov:qualifiedAssociation",
        "prov:qualifiedAttribution",
        "prov:qualifiedCommunication",
        "prov:qualifiedDelegation",
        "prov:qualifiedDerivation",
        "prov:qualifiedEnd",
        "prov:qualifiedGeneration",
        "prov:qualifiedInfluence",
        "prov:qualifiedInvalidation",
        "prov:qualifiedPrimarySource",
        "prov:qualifiedQuotation",
        "prov:qualifiedRevision",
        "prov:qualifiedStart",
        "prov:qualifiedUsage",
        "prov:specializationOf",
        "prov:used",
        "prov:wasAssociatedWith",
        "prov:wasAttributedTo",
        "prov:wasDerivedFrom",
        "prov:wasEndedBy",
        "prov:wasGeneratedBy",
        "prov:wasInfluencedBy",
        "prov:wasInformedBy",
        "prov:wasInvalidatedBy",
        "prov:wasQuotedFrom",
        "prov:wasRevisionOf",
        "prov:wasStartedBy",
    ]
)

DATA_PROPERTIES: frozenset[str] = frozenset(
    [
        "aitia:activationFunction",
        "aitia:adapterRank",
        "aitia:adapterScale",
        "aitia:annotationProtocol",
        "aitia:arrayShape",
        "aitia:attentionHeads",
        "aitia:batchSize",
        "aitia:bestStep",
        "aitia:bestValue",
        "aitia:branchName",
        "aitia:byteSize",
        "aitia:bytesRead",
        "aitia:bytesReceived",
        "aitia:bytesSent",
        "aitia:bytesWritten",
        "aitia:capacityBytes",
        "aitia:carbonGramsCO2e",
        "aitia:checkpointStep",
        "aitia:clusterCount",
        "aitia:columnName",
        "aitia:columnSchema",
        "aitia:commandLine",
        "aitia:commitHash",
        "aitia:componentCount",
        "aitia:confidence",
        "aitia:containerRuntime",
        "aitia:contextLength",
        "aitia:coreCount",
        "aitia:cpuSeconds",
        "aitia:cybersecurityMeasure",
        "aitia:directEffect",
        "aitia:distributionFamily",
        "aitia:doseResponse",
        "aitia:drawnFrom",
        "aitia:driverVersion",
        "aitia:dropoutRate",
        "aitia:durationSeconds",
        "aitia:edgeStability",
        "aitia:effectDivision",
        "aitia:effectSpan",
        "aitia:elementType",
        "aitia:endMarks",
        "aitia:energyJoules",
        "aitia:epochBudget",
        "aitia:errorMessage",
        "aitia:externalInteraction",
        "aitia:falseDiscoveryRate",
        "aitia:fileSystemType",
        "aitia:firstValue",
        "aitia:gramsCO2ePerKilowattHour",
        "aitia:grantedAcceleratorCount",
        "aitia:grantedCoreCount",
        "aitia:grantedMemoryBytes",
        "aitia:hasUncommittedChanges",
        "aitia:higherIsBetter",
        "aitia:indexOfBest",
        "aitia:indexStart",
        "aitia:indexStride",
        "aitia:indirectEffect",
        "aitia:inlineIndex",
        "aitia:inlineTimes",
        "aitia:inlineValues",
        "aitia:inputShape",
        "aitia:inputTokenCount",
        "aitia:instructionSet",
        "aitia:instructionsForUse",
        "aitia:intendedPurpose",
        "aitia:isExperimental",
        "aitia:jobIdentifier",
        "aitia:kernelFunction",
        "aitia:kernelSize",
        "aitia:knownBias",
        "aitia:knownLimitation",
        "aitia:lastValue",
        "aitia:layerCount",
        "aitia:layerIndex",
        "aitia:learningRate",
        "aitia:linkFunction",
        "aitia:linkSpeedBitsPerSecond",
        "aitia:locator",
        "aitia:marketForm",
        "aitia:maximum",
        "aitia:mean",
        "aitia:meanPowerWatts",
        "aitia:memoryBytes",
        "aitia:minimum",
        "aitia:missedSampleCount",
        "aitia:modelName",
        "aitia:nonFiniteCount",
        "aitia:noteCount",
        "aitia:noteKind",
        "aitia:numericValue",
        "aitia:observedBy",
        "aitia:operatingSystem",
        "aitia:orientationStability",
        "aitia:outputShape",
        "aitia:outputTokenCount",
        "aitia:packageUrl",
        "aitia:padding",
        "aitia:parameterBits",
        "aitia:parameterCount",
        "aitia:peakAcceleratorMemoryBytes",
        "aitia:peakMemoryBytes",
        "aitia:peakPowerWatts",
        "aitia:peakTemperatureCelsius",
        "aitia:penaltyKind",
        "aitia:penaltyStrength",
        "aitia:permutationImportance",
        "aitia:pointCount",
        "aitia:powerLimitWatts",
        "aitia:predeterminedChange",
        "aitia:previousBundleDigest",
        "aitia:productIllustration",
        "aitia:projectedBy",
        "aitia:queueName",
        "aitia:queueWaitSeconds",
        "aitia:randomSeed",
        "aitia:rankCorrelation",
        "aitia:recordText",
        "aitia:requestedSeconds",
        "aitia:resourceManager",
        "aitia:samplingPeriodSeconds",
        "aitia:samplingTemperature",
        "aitia:serialOrUuid",
        "aitia:settingName",
        "aitia:settingValue",
        "aitia:sha256",
        "aitia:splitCriterion",
        "aitia:standardDeviation",
        "aitia:statusInferred",
        "aitia:stoppingTolerance",
        "aitia:stride",
        "aitia:temperatureLimitCelsius",
        "aitia:throttlingReason",
        "aitia:trainingTokenCount",
        "aitia:treeCount",
        "aitia:treeDepth",
        "aitia:unitCode",
        "aitia:unitCount",
        "aitia:userInterface",
        "aitia:versionLabel",
        "aitia:vocabularySize",
        "prov:atTime",
        "prov:endedAtTime",
        "prov:generatedAtTime",
        "prov:invalidatedAtTime",
        "prov:startedAtTime",
        "prov:value",
    ]
)

INDIVIDUALS: frozenset[str] = frozenset(
    [
        "aitia:Cancelled",
        "aitia:Completed",
        "aitia:Failed",
        "aitia:Interrupted",
        "aitia:Queued",
        "aitia:Running",
        "prov:EmptyCollection",
    ]
)

RANGES: dict[str, str] = {
    "aitia:activationFunction": "xsd:string",
    "aitia:adapterRank": "xsd:positiveInteger",
    "aitia:adapterScale": "xsd:double",
    "aitia:annotationProtocol": "xsd:string",
    "aitia:arrayShape": "rdfs:Literal",
    "aitia:attentionHeads": "xsd:positiveInteger",
    "aitia:batchSize": "xsd:positiveInteger",
    "aitia:bestStep": "xsd:double",
    "aitia:bestValue": "xsd:double",
    "aitia:branchName": "xsd:string",
    "aitia:byteSize": "xsd:nonNegativeInteger",
    "aitia:bytesRead": "xsd:nonNegativeInteger",
    "aitia:bytesReceived": "xsd:nonNegativeInteger",
    "aitia:bytesSent": "xsd:nonNegativeInteger",
    "aitia:bytesWritten": "xsd:nonNegativeInteger",
    "aitia:capacityBytes": "xsd:nonNegativeInteger",
    "aitia:carbonGramsCO2e": "xsd:double",
    "aitia:checkpointStep": "xsd:nonNegativeInteger",
    "aitia:clusterCount": "xsd:positiveInteger",
    "aitia:columnName": "xsd:string",
    "aitia:columnSchema": "rdfs:Literal",
    "aitia:commandLine": "xsd:string",
    "aitia:commitHash": "xsd:string",
    "aitia:componentCount": "xsd:positiveInteger",
    "aitia:confidence": "xsd:double",
    "aitia:containerRuntime": "xsd:string",
    "aitia:contextLength": "xsd:positiveInteger",
    "aitia:coreCount": "xsd:nonNegativeInteger",
    "aitia:cpuSeconds": "xsd:double",
    "aitia:cybersecurityMeasure": "xsd:string",
    "aitia:directEffect": "xsd:double",
    "aitia:distributionFamily": "xsd:string",
    "aitia:doseResponse": "rdfs:Literal",
    "aitia:drawnFrom": "xsd:string",
    "aitia:driverVersion": "xsd:string",
    "aitia:dropoutRate": "xsd:double",
    "aitia:durationSeconds": "xsd:double",
    "aitia:edgeStability": "xsd:double",
    "aitia:effectDivision": "rdfs:Literal",
    "aitia:effectSpan": "xsd:double",
    "aitia:elementType": "xsd:string",
    "aitia:endMarks": "xsd:string",
    "aitia:energyJoules": "xsd:double",
    "aitia:epochBudget": "xsd:positiveInteger",
    "aitia:errorMessage": "xsd:string",
    "aitia:externalInteraction": "xsd:string",
    "aitia:falseDiscoveryRate": "xsd:double",
    "aitia:fileSystemType": "xsd:string",
    "aitia:firstValue": "xsd:double",
    "aitia:gramsCO2ePerKilowattHour": "xsd:double",
    "aitia:grantedAcceleratorCount": "xsd:nonNegativeInteger",
    "aitia:grantedCoreCount": "xsd:nonNegativeInteger",
    "aitia:grantedMemoryBytes": "xsd:nonNegativeInteger",
    "aitia:hasUncommittedChanges": "xsd:boolean",
    "aitia:higherIsBetter": "xsd:boolean",
    "aitia:indexOfBest": "xsd:nonNegativeInteger",
    "aitia:indexStart": "rdfs:Literal",
    "aitia:indexStride": "xsd:double",
    "aitia:indirectEffect": "xsd:double",
    "aitia:inlineIndex": "rdfs:Literal",
    "aitia:inlineTimes": "rdfs:Literal",
    "aitia:inlineValues": "rdfs:Literal",
    "aitia:inputShape": "rdfs:Literal",
    "aitia:inputTokenCount": "xsd:nonNegativeInteger",
    "aitia:instructionSet": "xsd:string",
    "aitia:instructionsForUse": "xsd:string",
    "aitia:intendedPurpose": "xsd:string",
    "aitia:isExperimental": "xsd:boolean",
    "aitia:jobIdentifier": "xsd:string",
    "aitia:kernelFunction": "xsd:string",
    "aitia:kernelSize": "rdfs:Literal",
    "aitia:knownBias": "xsd:string",
    "aitia:knownLimitation": "xsd:string",
    "aitia:lastValue": "xsd:double",
    "aitia:layerCount": "xsd:nonNegativeInteger",
    "aitia:layerIndex": "xsd:nonNegativeInteger",
    "aitia:learningRate": "xsd:double",
    "aitia:linkFunction": "xsd:string",
    "aitia:linkSpeedBitsPerSecond": "xsd:nonNegativeInteger",
    "aitia:locator": "xsd:anyURI",
    "aitia:marketForm": "xsd:string",
    "aitia:maximum": "xsd:double",
    "aitia:mean": "xsd:double",
    "aitia:meanPowerWatts": "xsd:double",
    "aitia:memoryBytes": "xsd:nonNegativeInteger",
    "aitia:minimum": "xsd:double",
    "aitia:missedSampleCount": "xsd:nonNegativeInteger",
    "aitia:modelName": "xsd:string",
    "aitia:nonFiniteCount": "xsd:nonNegativeInteger",
    "aitia:noteCount": "xsd:nonNegativeInteger",
    "aitia:noteKind": "xsd:string",
    "aitia:numericValue": "xsd:double",
    "aitia:observedBy": "xsd:string",
    "aitia:operatingSystem": "xsd:string",
    "aitia:orientationStability": "xsd:double",
    "aitia:outputShape": "rdfs:Literal",
    "aitia:outputTokenCount": "xsd:nonNegativeInteger",
    "aitia:packageUrl": "xsd:anyURI",
    "aitia:padding": "rdfs:Literal",
    "aitia:parameterBits": "xsd:positiveInteger",
    "aitia:parameterCount": "xsd:nonNegativeInteger",
    "aitia:peakAcceleratorMemoryBytes": "xsd:nonNegativeInteger",
    "aitia:peakMemoryBytes": "xsd:nonNegativeInteger",
    "aitia:peakPowerWatts": "xsd:double",
    "aitia:peakTemperatureCelsius": "xsd:double",
    "aitia:penaltyKind": "xsd:string",
    "aitia:penaltyStrength": "xsd:double",
    "aitia:permutationImportance": "xsd:double",
    "aitia:pointCount": "xsd:nonNegativeInteger",
    "aitia:powerLimitWatts": "xsd:double",
    "aitia:predeterminedChange": "xsd:string",
    "aitia:previousBundleDigest": "xsd:string",
    "aitia:productIllustration": "xsd:string",
    "aitia:projectedBy": "xsd:string",
    "aitia:queueName": "xsd:string",
    "aitia:queueWaitSeconds": "xsd:double",
    "aitia:randomSeed": "xsd:integer",
    "aitia:rankCorrelation": "xsd:double",
    "aitia:recordText": "xsd:string",
    "aitia:requestedSeconds": "xsd:double",
    "aitia:resourceManager": "xsd:string",
    "aitia:samplingPeriodSeconds": "xsd:double",
    "aitia:samplingTemperature": "xsd:double",
    "aitia:serialOrUuid": "xsd:string",
    "aitia:settingName": "xsd:string",
    "aitia:settingValue": "rdfs:Literal",
    "aitia:sha256": "xsd:string",
    "aitia:splitCriterion": "xsd:string",
    "aitia:standardDeviation": "xsd:double",
    "aitia:statusInferred": "xsd:boolean",
    "aitia:stoppingTolerance": "xsd:double",
    "aitia:stride": "rdfs:Literal",
    "aitia:temperatureLimitCelsius": "xsd:double",
    "aitia:throttlingReason": "xsd:string",
    "aitia:trainingTokenCount": "xsd:nonNegativeInteger",
    "aitia:treeCount": "xsd:nonNegativeInteger",
    "aitia:treeDepth": "xsd:nonNegativeInteger",
    "aitia:unitCode": "xsd:string",
    "aitia:unitCount": "xsd:positiveInteger",
    "aitia:userInterface": "xsd:string",
    "aitia:versionLabel": "xsd:string",
    "aitia:vocabularySize": "xsd:positiveInteger",
    "prov:atTime": "xsd:dateTime",
    "prov:endedAtTime": "xsd:dateTime",
    "prov:generatedAtTime": "xsd:dateTime",
    "prov:invalidatedAtTime": "xsd:dateTime",
    "prov:startedAtTime": "xsd:dateTime",
}

MODULES: dict[str, str] = {
    "aitia:AIAgent": "application",
    "aitia:AISystem": "application",
    "aitia:Accelerator": "system",
    "aitia:ActivationLayer": "model",
    "aitia:AdaptedModel": "model",
    "aitia:Adapter": "model",
    "aitia:Architecture": "model",
    "aitia:Artifact": "core",
    "aitia:Assumption": "causal",
    "aitia:AttentionLayer": "model",
    "aitia:Campaign": "core",
    "aitia:Cancelled": "core",
    "aitia:CaptureAdapter": "platform",
    "aitia:CaptureBundle": "platform",
    "aitia:CaptureNote": "platform",
    "aitia:CausalAnalysis": "causal",
    "aitia:CausalClaim": "causal",
    "aitia:CausalVariable": "causal",
    "aitia:Checkpoint": "model",
    "aitia:Cluster": "system",
    "aitia:ClusteringArchitecture": "model",
    "aitia:Completed": "core",
    "aitia:ComputeNode": "system",
    "aitia:ComputeResource": "system",
    "aitia:ContainerImage": "platform",
    "aitia:ConvolutionLayer": "model",
    "aitia:DataRecord": "application",
    "aitia:DataTransformation": "application",
    "aitia:Dataset": "application",
    "aitia:DatasetSplit": "application",
    "aitia:Decision": "application",
    "aitia:DenseLayer": "model",
    "aitia:EdgeNode": "system",
    "aitia:EffectEstimate": "causal",
    "aitia:EmbeddingLayer": "model",
    "aitia:EvaluationRun": "model",
    "aitia:Execution": "core",
    "aitia:ExecutionStatus": "core",
    "aitia:Explanation": "application",
    "aitia:Failed": "core",
    "aitia:FeatureTable": "causal",
    "aitia:Feedback": "application",
    "aitia:FoundationModel": "model",
    "aitia:GPU": "system",
    "aitia:HumanReview": "application",
    "aitia:Inference": "application",
    "aitia:Interrupted": "core",
    "aitia:JobAllocation": "system",
    "aitia:JournalSegment": "platform",
    "aitia:KernelArchitecture": "model",
    "aitia:Layer": "model",
    "aitia:LearningCurve": "model",
    "aitia:LearningCurveType": "model",
    "aitia:LinearArchitecture": "model",
    "aitia:LossFunction": "model",
    "aitia:MLFramework": "platform",
    "aitia:Measurement": "core",
    "aitia:MediationEstimate": "causal",
    "aitia:Model": "model",
    "aitia:NetworkInterface": "system",
    "aitia:NeuralArchitecture": "model",
    "aitia:NormalizationLayer": "model",
    "aitia:ObservableQuantity": "core",
    "aitia:Optimizer": "model",
    "aitia:ParameterSetting": "core",
    "aitia:PoolingLayer": "model",
    "aitia:Port": "platform",
    "aitia:Prediction": "application",
    "aitia:PretrainingRun": "model",
    "aitia:ProbabilisticArchitecture": "model",
    "aitia:Processor": "system",
    "aitia:Prompt": "application",
    "aitia:PromptTemplate": "application",
    "aitia:QuarantinedRecord": "platform",
    "aitia:Queued": "core",
    "aitia:RecurrentLayer": "model",
    "aitia:RegularizationLayer": "model",
    "aitia:Running": "core",
    "aitia:SearchDimension": "core",
    "aitia:Series": "core",
    "aitia:Site": "system",
    "aitia:Software": "platform",
    "aitia:SoftwareEnvironment": "platform",
    "aitia:SoftwarePackage": "platform",
    "aitia:SourceRevision": "platform",
    "aitia:Specification": "core",
    "aitia:StorageSystem": "system",
    "aitia:TaskRun": "core",
    "aitia:TaskSpecification": "platform",
    "aitia:TelemetryCollection": "system",
    "aitia:TelemetryProbe": "system",
    "aitia:ThrottlingEpisode": "system",
    "aitia:Tokenizer": "model",
    "aitia:Tool": "application",
    "aitia:ToolInvocation": "application",
    "aitia:TrainingConfiguration": "model",
    "aitia:TrainingEpoch": "model",
    "aitia:TrainingRun": "model",
    "aitia:TreeEnsembleArchitecture": "model",
    "aitia:WorkflowEngine": "platform",
    "aitia:WorkflowRun": "core",
    "aitia:WorkflowSpecification": "platform",
    "aitia:aboutSubject": "core",
    "aitia:activationFunction": "model",
    "aitia:adaptationMethod": "model",
    "aitia:adaptedFrom": "model",
    "aitia:adapterRank": "model",
    "aitia:adapterScale": "model",
    "aitia:affects": "application",
    "aitia:annotationProtocol": "application",
    "aitia:arrayShape": "application",
    "aitia:attentionHeads": "model",
    "aitia:basedOnPrediction": "application",
    "aitia:batchSize": "model",
    "aitia:bestStep": "core",
    "aitia:bestValue": "core",
    "aitia:branchName": "platform",
    "aitia:byteSize": "application",
    "aitia:bytesRead": "system",
    "aitia:bytesReceived": "system",
    "aitia:bytesSent": "system",
    "aitia:bytesWritten": "system",
    "aitia:capacityBytes": "system",
    "aitia:carbonGramsCO2e": "system",
    "aitia:causeVariable": "causal",
    "aitia:checkpointStep": "model",
    "aitia:clusterCount": "model",
    "aitia:columnName": "core",
    "aitia:columnSchema": "application",
    "aitia:commandLine": "platform",
    "aitia:commitHash": "platform",
    "aitia:componentCount": "model",
    "aitia:componentOf": "system",
    "aitia:confidence": "application",
    "aitia:configuredBy": "model",
    "aitia:connectsTo": "platform",
    "aitia:containerRuntime": "system",
    "aitia:contextLength": "model",
    "aitia:coreCount": "system",
    "aitia:cpuSeconds": "system",
    "aitia:curveType": "model",
    "aitia:cybersecurityMeasure": "application",
    "aitia:decisionKind": "application",
    "aitia:directEffect": "causal",
    "aitia:distilledFrom": "model",
    "aitia:distributionFamily": "model",
    "aitia:doseResponse": "causal",
    "aitia:drawnFrom": "core",
    "aitia:driverVersion": "system",
    "aitia:dropoutRate": "model",
    "aitia:durationSeconds": "core",
    "aitia:edgeStability": "causal",
    "aitia:effectDivision": "causal",
    "aitia:effectSpan": "causal",
    "aitia:effectVariable": "causal",
    "aitia:elementType": "application",
    "aitia:enacts": "core",
    "aitia:endMarks": "causal",
    "aitia:energyJoules": "system",
    "aitia:epochBudget": "model",
    "aitia:errorMessage": "core",
    "aitia:evaluatedOn": "model",
    "aitia:externalInteraction": "application",
    "aitia:falseDiscoveryRate": "causal",
    "aitia:feedbackKind": "application",
    "aitia:feedbackOn": "application",
    "aitia:feedsInto": "model",
    "aitia:fileSystemType": "system",
    "aitia:firstValue": "core",
    "aitia:fitnessQuantity": "model",
    "aitia:fromTemplate": "application",
    "aitia:gramsCO2ePerKilowattHour": "system",
    "aitia:grantedAcceleratorCount": "system",
    "aitia:grantedCoreCount": "system",
    "aitia:grantedMemoryBytes": "system",
    "aitia:grantedResource": "system",
    "aitia:hasArchitecture": "model",
    "aitia:hasInputPort": "platform",
    "aitia:hasLayer": "model",
    "aitia:hasLearningCurve": "model",
    "aitia:hasOutputPort": "platform",
    "aitia:hasSetting": "core",
    "aitia:hasTask": "platform",
    "aitia:hasUncommittedChanges": "platform",
    "aitia:higherIsBetter": "core",
    "aitia:indexOfBest": "core",
    "aitia:indexStart": "core",
    "aitia:indexStride": "core",
    "aitia:indirectEffect": "causal",
    "aitia:inlineIndex": "core",
    "aitia:inlineTimes": "core",
    "aitia:inlineValues": "core",
    "aitia:inputShape": "model",
    "aitia:inputTokenCount": "application",
    "aitia:insideContainer": "platform",
    "aitia:instructionSet": "system",
    "aitia:instructionsForUse": "application",
    "aitia:intendedPurpose": "application",
    "aitia:isExperimental": "causal",
    "aitia:jobIdentifier": "system",
    "aitia:kernelFunction": "model",
    "aitia:kernelSize": "model",
    "aitia:knownBias": "application",
    "aitia:knownLimitation": "application",
    "aitia:lastValue": "core",
    "aitia:layerCount": "model",
    "aitia:layerIndex": "model",
    "aitia:learningRate": "model",
    "aitia:linkFunction": "model",
    "aitia:linkSpeedBitsPerSecond": "system",
    "aitia:locatedAt": "system",
    "aitia:locator": "core",
    "aitia:marketForm": "application",
    "aitia:mattersTo": "core",
    "aitia:maximum": "core",
    "aitia:mean": "core",
    "aitia:meanPowerWatts": "system",
    "aitia:measuresQuantity": "core",
    "aitia:memoryBytes": "system",
    "aitia:mergedFrom": "model",
    "aitia:minimum": "core",
    "aitia:missedSampleCount": "system",
    "aitia:modelName": "system",
    "aitia:nonFiniteCount": "core",
    "aitia:noteCount": "platform",
    "aitia:noteKind": "platform",
    "aitia:numericValue": "core",
    "aitia:observedBy": "platform",
    "aitia:operatingSystem": "system",
    "aitia:orientationStability": "causal",
    "aitia:outputShape": "model",
    "aitia:outputTokenCount": "application",
    "aitia:packageUrl": "platform",
    "aitia:padding": "model",
    "aitia:parameterBits": "model",
    "aitia:parameterCount": "model",
    "aitia:partOfExecution": "core",
    "aitia:peakAcceleratorMemoryBytes": "system",
    "aitia:peakMemoryBytes": "system",
    "aitia:peakPowerWatts": "system",
    "aitia:peakTemperatureCelsius": "system",
    "aitia:penaltyKind": "model",
    "aitia:penaltyStrength": "model",
    "aitia:permutationImportance": "causal",
    "aitia:pointCount": "core",
    "aitia:powerLimitWatts": "system",
    "aitia:predeterminedChange": "application",
    "aitia:previousBundleDigest": "platform",
    "aitia:productIllustration": "application",
    "aitia:projectedBy": "causal",
    "aitia:queueName": "system",
    "aitia:queueWaitSeconds": "system",
    "aitia:ranOn": "system",
    "aitia:ranRevision": "platform",
    "aitia:randomSeed": "platform",
    "aitia:rankCorrelation": "causal",
    "aitia:recordText": "platform",
    "aitia:requestedSeconds": "system",
    "aitia:resourceManager": "system",
    "aitia:samplingPeriodSeconds": "system",
    "aitia:samplingStrategy": "core",
    "aitia:samplingTemperature": "application",
    "aitia:searchedOver": "core",
    "aitia:serialOrUuid": "system",
    "aitia:settingName": "core",
    "aitia:settingValue": "core",
    "aitia:sha256": "core",
    "aitia:splitCriterion": "model",
    "aitia:splitRole": "application",
    "aitia:standardDeviation": "core",
    "aitia:status": "core",
    "aitia:statusInferred": "core",
    "aitia:stoppingTolerance": "model",
    "aitia:storedIn": "core",
    "aitia:stride": "model",
    "aitia:subsetOf": "application",
    "aitia:temperatureLimitCelsius": "system",
    "aitia:throttlingReason": "system",
    "aitia:throughVariable": "causal",
    "aitia:trainedOn": "model",
    "aitia:trainingTokenCount": "model",
    "aitia:treeCount": "model",
    "aitia:treeDepth": "model",
    "aitia:underAllocation": "system",
    "aitia:underAssumption": "causal",
    "aitia:unitCode": "core",
    "aitia:unitCount": "model",
    "aitia:usedEnvironment": "platform",
    "aitia:usedModel": "application",
    "aitia:usedPrompt": "application",
    "aitia:usedTool": "application",
    "aitia:userInterface": "application",
    "aitia:usesLoss": "model",
    "aitia:usesOptimizer": "model",
    "aitia:usesTokenizer": "model",
    "aitia:versionLabel": "core",
    "aitia:vocabularySize": "model",
    "aitia:withAdapter": "model",
}

ANCESTORS: dict[str, list[str]] = {
    "aitia:AIAgent": ["prov:Agent", "prov:SoftwareAgent"],
    "aitia:AISystem": ["prov:Entity"],
    "aitia:Accelerator": ["aitia:ComputeResource", "prov:Entity"],
    "aitia:ActivationLayer": ["aitia:Layer", "aitia:Specification", "prov:Entity"],
    "aitia:AdaptedModel": ["aitia:Artifact", "aitia:Model", "prov:Entity"],
    "aitia:Adapter": ["aitia:Artifact", "prov:Entity"],
    "aitia:Architecture": ["aitia:Specification", "prov:Entity"],
    "aitia:Artifact": ["prov:Entity"],
    "aitia:Assumption": ["prov:Entity"],
    "aitia:AttentionLayer": ["aitia:Layer", "aitia:Specification", "prov:Entity"],
    "aitia:Campaign": ["aitia:Execution", "prov:Activity"],
    "aitia:CaptureAdapter": ["prov:Agent", "prov:SoftwareAgent"],
    "aitia:CaptureBundle": ["prov:Bundle", "prov:Entity"],
    "aitia:CaptureNote": ["prov:Entity"],
    "aitia:CausalAnalysis": ["aitia:Execution", "aitia:TaskRun", "prov:Activity"],
    "aitia:CausalClaim": ["prov:Entity"],
    "aitia:CausalVariable": ["aitia:Specification", "prov:Entity"],
    "aitia:Checkpoint": ["aitia:Artifact", "prov:Entity"],
    "aitia:Cluster": ["aitia:ComputeResource", "prov:Entity"],
    "aitia:ClusteringArchitecture": ["aitia:Architecture", "aitia:Specification", "prov:Entity"],
    "aitia:ComputeNode": ["aitia:ComputeResource", "prov:Entity"],
    "aitia:ComputeResource": ["prov:Entity"],
    "aitia:ContainerImage": ["aitia:Artifact", "prov:Entity"],
    "aitia:ConvolutionLayer": ["aitia:Layer", "aitia:Specification", "prov:Entity"],
    "aitia:DataRecord": ["aitia:Artifact", "prov:Entity"],
    "aitia:DataTransformation": ["aitia:Execution", "aitia:TaskRun", "prov:Activity"],
    "aitia:Dataset": ["aitia:Artifact", "prov:Entity"],
    "aitia:DatasetSplit": ["aitia:Artifact", "aitia:Dataset", "prov:Entity"],
    "aitia:Decision": ["prov:Entity"],
    "aitia:DenseLayer": ["aitia:Layer", "aitia:Specification", "prov:Entity"],
    "aitia:EdgeNode": ["aitia:ComputeNode", "aitia:ComputeResource", "prov:Entity"],
    "aitia:EffectEstimate": ["aitia:CausalClaim", "prov:Entity"],
    "aitia:EmbeddingLayer": ["aitia:Layer", "aitia:Specification", "prov:Entity"],
    "aitia:EvaluationRun": ["aitia:Execution", "aitia:TaskRun", "prov:Activity"],
    "aitia:Execution": ["prov:Activity"],
    "aitia:ExecutionStatus": [],
    "aitia:Explanation": ["prov:Entity"],
    "aitia:FeatureTable": ["aitia:Artifact", "aitia:Dataset", "prov:Entity"],
    "aitia:Feedback": ["prov:Entity"],
    "aitia:FoundationModel": ["aitia:Artifact", "aitia:Model", "prov:Entity"],
    "aitia:GPU": ["aitia:Accelerator", "aitia:ComputeResource", "prov:Entity"],
    "aitia:HumanReview": ["aitia:Execution", "prov:Activity"],
    "aitia:Inference": ["aitia:Execution", "aitia:TaskRun", "prov:Activity"],
    "aitia:JobAllocation": ["aitia:Execution", "prov:Activity"],
    "aitia:JournalSegment": ["prov:Bundle", "prov:Entity"],
    "aitia:KernelArchitecture": ["aitia:Architecture", "aitia:Specification", "prov:Entity"],
    "aitia:Layer": ["aitia:Specification", "prov:Entity"],
    "aitia:LearningCurve": ["aitia:Series", "prov:Entity"],
    "aitia:LearningCurveType": [],
    "aitia:LinearArchitecture": ["aitia:Architecture", "aitia:Specification", "prov:Entity"],
    "aitia:LossFunction": [],
    "aitia:MLFramework": [
        "aitia:Artifact",
        "aitia:Software",
        "aitia:SoftwarePackage",
        "prov:Entity",
    ],
    "aitia:Measurement": ["prov:Entity"],
    "aitia:MediationEstimate": ["aitia:CausalClaim", "prov:Entity"],
    "aitia:Model": ["aitia:Artifact", "prov:Entity"],
    "aitia:NetworkInterface": ["aitia:ComputeResource", "prov:Entity"],
    "aitia:NeuralArchitecture": ["aitia:Architecture", "aitia:Specification", "prov:Entity"],
    "aitia:NormalizationLayer": ["aitia:Layer", "aitia:Specification", "prov:Entity"],
    "aitia:ObservableQuantity": ["prov:Entity"],
    "aitia:Optimizer": [],
    "aitia:ParameterSetting": ["prov:Entity"],
    "aitia:PoolingLayer": ["aitia:Layer", "aitia:Specification", "prov:Entity"],
    "aitia:Port": ["prov:Entity"],
    "aitia:Prediction": ["aitia:Artifact", "prov:Entity"],
    "aitia:PretrainingRun": [
        "aitia:Execution",
        "aitia:TaskRun",
        "aitia:TrainingRun",
        "prov:Activity",
    ],
    "aitia:ProbabilisticArchitecture": ["aitia:Architecture", "aitia:Specification", "prov:Entity"],
    "aitia:Processor": ["aitia:ComputeResource", "prov:Entity"],
    "aitia:Prompt": ["aitia:Artifact", "prov:Entity"],
    "aitia:PromptTemplate": ["aitia:Specification", "prov:Entity"],
    "aitia:QuarantinedRecord": ["prov:Entity"],
    "aitia:RecurrentLayer": ["aitia:Layer", "aitia:Specification", "prov:Entity"],
    "aitia:RegularizationLayer": ["aitia:Layer", "aitia:Specification", "prov:Entity"],
    "aitia:SearchDimension": ["prov:Entity"],
    "aitia:Series": ["prov:Entity"],
    "aitia:Site": ["prov:Location"],
    "aitia:Software": ["aitia:Artifact", "prov:Entity"],
    "aitia:SoftwareEnvironment": ["prov:Collection", "prov:Entity"],
    "aitia:SoftwarePackage": ["aitia:Artifact", "aitia:Software", "prov:Entity"],
    "aitia:SourceRevision": ["aitia:Artifact", "prov:Entity"],
    "aitia:Specification": ["prov:Entity"],
    "aitia:StorageSystem": ["aitia:ComputeResource", "prov:Entity"],
    "aitia:TaskRun": ["aitia:Execution", "prov:Activity"],
    "aitia:TaskSpecification": ["aitia:Specification", "prov:Entity", "prov:Plan"],
    "aitia:TelemetryCollection": ["aitia:Execution", "prov:Activity"],
    "aitia:TelemetryProbe": ["prov:Agent", "prov:SoftwareAgent"],
    "aitia:ThrottlingEpisode": ["aitia:Execution", "prov:Activity"],
    "aitia:Tokenizer": ["aitia:Artifact", "prov:Entity"],
    "aitia:Tool": ["prov:Entity"],
    "aitia:ToolInvocation": ["aitia:Execution", "aitia:TaskRun", "prov:Activity"],
    "aitia:TrainingConfiguration": ["aitia:Specification", "prov:Entity", "prov:Plan"],
    "aitia:TrainingEpoch": ["aitia:Execution", "prov:Activity"],
    "aitia:TrainingRun": ["aitia:Execution", "aitia:TaskRun", "prov:Activity"],
    "aitia:TreeEnsembleArchitecture": ["aitia:Architecture", "aitia:Specification", "prov:Entity"],
    "aitia:WorkflowEngine": ["prov:Agent", "prov:SoftwareAgent"],
    "aitia:WorkflowRun": ["aitia:Execution", "prov:Activity"],
    "aitia:WorkflowSpecification": ["aitia:Specification", "prov:Entity", "prov:Plan"],
    "prov:Activity": [],
    "prov:ActivityInfluence": ["prov:Influence"],
    "prov:Agent": [],
    "prov:AgentInfluence": ["prov:Influence"],
    "prov:Association": ["prov:AgentInfluence", "prov:Influence"],
    "prov:Attribution": ["prov:AgentInfluence", "prov:Influence"],
    "prov:Bundle": ["prov:Entity"],
    "prov:Collection": ["prov:Entity"],
    "prov:Communication": ["prov:ActivityInfluence", "prov:Influence"],
    "prov:Delegation": ["prov:AgentInfluence", "prov:Influence"],
    "prov:Derivation": ["prov:EntityInfluence", "prov:Influence"],
    "prov:EmptyCollection": ["prov:Collection", "prov:Entity"],
    "prov:End": ["prov:EntityInfluence", "prov:Influence", "prov:InstantaneousEvent"],
    "prov:Entity": [],
    "prov:EntityInfluence": ["prov:Influence"],
    "prov:Generation": ["prov:ActivityInfluence", "prov:Influence", "prov:InstantaneousEvent"],
    "prov:Influence": [],
    "prov:InstantaneousEvent": [],
    "prov:Invalidation": ["prov:ActivityInfluence", "prov:Influence", "prov:InstantaneousEvent"],
    "prov:Location": [],
    "prov:Organization": ["prov:Agent"],
    "prov:Person": ["prov:Agent"],
    "prov:Plan": ["prov:Entity"],
    "prov:PrimarySource": ["prov:Derivation", "prov:EntityInfluence", "prov:Influence"],
    "prov:Quotation": ["prov:Derivation", "prov:EntityInfluence", "prov:Influence"],
    "prov:Revision": ["prov:Derivation", "prov:EntityInfluence", "prov:Influence"],
    "prov:Role": [],
    "prov:SoftwareAgent": ["prov:Agent"],
    "prov:Start": ["prov:EntityInfluence", "prov:Influence", "prov:InstantaneousEvent"],
    "prov:Usage": ["prov:EntityInfluence", "prov:Influence", "prov:InstantaneousEvent"],
    "aitia:aboutSubject": [],
    "aitia:adaptationMethod": [],
    "aitia:adaptedFrom": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "aitia:affects": [],
    "aitia:basedOnPrediction": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "aitia:causeVariable": [],
    "aitia:componentOf": [],
    "aitia:configuredBy": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:connectsTo": [],
    "aitia:curveType": [],
    "aitia:decisionKind": [],
    "aitia:distilledFrom": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "aitia:effectVariable": [],
    "aitia:enacts": [],
    "aitia:evaluatedOn": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:feedbackKind": [],
    "aitia:feedbackOn": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "aitia:feedsInto": [],
    "aitia:fitnessQuantity": [],
    "aitia:fromTemplate": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "aitia:grantedResource": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:hasArchitecture": [],
    "aitia:hasInputPort": [],
    "aitia:hasLayer": [],
    "aitia:hasLearningCurve": ["prov:generated", "prov:influenced"],
    "aitia:hasOutputPort": [],
    "aitia:hasSetting": [],
    "aitia:hasTask": [],
    "aitia:insideContainer": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:locatedAt": ["prov:atLocation"],
    "aitia:measuresQuantity": [],
    "aitia:mergedFrom": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "aitia:partOfExecution": [],
    "aitia:ranOn": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:ranRevision": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:samplingStrategy": [],
    "aitia:searchedOver": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:splitRole": [],
    "aitia:status": [],
    "aitia:storedIn": [],
    "aitia:subsetOf": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "aitia:throughVariable": [],
    "aitia:trainedOn": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:underAllocation": [],
    "aitia:underAssumption": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "aitia:usedEnvironment": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:usedModel": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:usedPrompt": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:usedTool": ["prov:used", "prov:wasInfluencedBy"],
    "aitia:usesLoss": [],
    "aitia:usesOptimizer": [],
    "aitia:usesTokenizer": [],
    "aitia:withAdapter": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "prov:actedOnBehalfOf": ["prov:wasInfluencedBy"],
    "prov:activity": ["prov:influencer"],
    "prov:agent": ["prov:influencer"],
    "prov:alternateOf": [],
    "prov:atLocation": [],
    "prov:entity": ["prov:influencer"],
    "prov:generated": ["prov:influenced"],
    "prov:hadActivity": [],
    "prov:hadGeneration": [],
    "prov:hadMember": ["prov:wasInfluencedBy"],
    "prov:hadPlan": [],
    "prov:hadPrimarySource": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "prov:hadRole": [],
    "prov:hadUsage": [],
    "prov:influenced": [],
    "prov:influencer": [],
    "prov:invalidated": ["prov:influenced"],
    "prov:qualifiedAssociation": ["prov:qualifiedInfluence"],
    "prov:qualifiedAttribution": ["prov:qualifiedInfluence"],
    "prov:qualifiedCommunication": ["prov:qualifiedInfluence"],
    "prov:qualifiedDelegation": ["prov:qualifiedInfluence"],
    "prov:qualifiedDerivation": ["prov:qualifiedInfluence"],
    "prov:qualifiedEnd": ["prov:qualifiedInfluence"],
    "prov:qualifiedGeneration": ["prov:qualifiedInfluence"],
    "prov:qualifiedInfluence": [],
    "prov:qualifiedInvalidation": ["prov:qualifiedInfluence"],
    "prov:qualifiedPrimarySource": ["prov:qualifiedInfluence"],
    "prov:qualifiedQuotation": ["prov:qualifiedInfluence"],
    "prov:qualifiedRevision": ["prov:qualifiedInfluence"],
    "prov:qualifiedStart": ["prov:qualifiedInfluence"],
    "prov:qualifiedUsage": ["prov:qualifiedInfluence"],
    "prov:specializationOf": ["prov:alternateOf"],
    "prov:used": ["prov:wasInfluencedBy"],
    "prov:wasAssociatedWith": ["prov:wasInfluencedBy"],
    "prov:wasAttributedTo": ["prov:wasInfluencedBy"],
    "prov:wasDerivedFrom": ["prov:wasInfluencedBy"],
    "prov:wasEndedBy": ["prov:wasInfluencedBy"],
    "prov:wasGeneratedBy": ["prov:wasInfluencedBy"],
    "prov:wasInfluencedBy": [],
    "prov:wasInformedBy": ["prov:wasInfluencedBy"],
    "prov:wasInvalidatedBy": ["prov:wasInfluencedBy"],
    "prov:wasQuotedFrom": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "prov:wasRevisionOf": ["prov:wasDerivedFrom", "prov:wasInfluencedBy"],
    "prov:wasStartedBy": ["prov:wasInfluencedBy"],
    "aitia:activationFunction": [],
    "aitia:adapterRank": [],
    "aitia:adapterScale": [],
    "aitia:annotationProtocol": [],
    "aitia:arrayShape": [],
    "aitia:attentionHeads": [],
    "aitia:batchSize": [],
    "aitia:bestStep": [],
    "aitia:bestValue": [],
    "aitia:branchName": [],
    "aitia:byteSize": [],
    "aitia:bytesRead": [],
    "aitia:bytesReceived": [],
    "aitia:bytesSent": [],
    "aitia:bytesWritten": [],
    "aitia:capacityBytes": [],
    "aitia:carbonGramsCO2e": [],
    "aitia:checkpointStep": [],
    "aitia:clusterCount": [],
    "aitia:columnName": [],
    "aitia:columnSchema": [],
    "aitia:commandLine": [],
    "aitia:commitHash": [],
    "aitia:componentCount": [],
    "aitia:confidence": [],
    "aitia:containerRuntime": [],
    "aitia:contextLength": [],
    "aitia:coreCount": [],
    "aitia:cpuSeconds": [],
    "aitia:cybersecurityMeasure": [],
    "aitia:directEffect": [],
    "aitia:distributionFamily": [],
    "aitia:doseResponse": [],
    "aitia:drawnFrom": [],
    "aitia:driverVersion": [],
    "aitia:dropoutRate": [],
    "aitia:durationSeconds": [],
    "aitia:edgeStability": [],
    "aitia:effectDivision": [],
    "aitia:effectSpan": [],
    "aitia:elementType": [],
    "aitia:endMarks": [],
    "aitia:energyJoules": [],
    "aitia:epochBudget": [],
    "aitia:errorMessage": [],
    "aitia:externalInteraction": [],
    "aitia:falseDiscoveryRate": [],
    "aitia:fileSystemType": [],
    "aitia:firstValue": [],
    "aitia:gramsCO2ePerKilowattHour": [],
    "aitia:grantedAcceleratorCount": [],
    "aitia:grantedCoreCount": [],
    "aitia:grantedMemoryBytes": [],
    "aitia:hasUncommittedChanges": [],
    "aitia:higherIsBetter": [],
    "aitia:indexOfBest": [],
    "aitia:indexStart": [],
    "aitia:indexStride": [],
    "aitia:indirectEffect": [],
    "aitia:inlineIndex": [],
    "aitia:inlineTimes": [],
    "aitia:inlineValues": [],
    "aitia:inputShape": [],
    "aitia:inputTokenCount": [],
    "aitia:instructionSet": [],
    "aitia:instructionsForUse": [],
    "aitia:intendedPurpose": [],
    "aitia:isExperimental": [],
    "aitia:jobIdentifier": [],
    "aitia:kernelFunction": [],
    "aitia:kernelSize": [],
    "aitia:knownBias": [],
    "aitia:knownLimitation": [],
    "aitia:lastValue": [],
    "aitia:layerCount": [],
    "aitia:layerIndex": [],
    "aitia:learningRate": [],
    "aitia:linkFunction": [],
    "aitia:linkSpeedBitsPerSecond": [],
    "aitia:locator": [],
    "aitia:marketForm": [],
    "aitia:maximum": [],
    "aitia:mean": [],
    "aitia:meanPowerWatts": [],
    "aitia:memoryBytes": [],
    "aitia:minimum": [],
    "aitia:missedSampleCount": [],
    "aitia:modelName": [],
    "aitia:nonFiniteCount": [],
    "aitia:noteCount": [],
    "aitia:noteKind": [],
    "aitia:numericValue": ["prov:value"],
    "aitia:observedBy": [],
    "aitia:operatingSystem": [],
    "aitia:orientationStability": [],
    "aitia:outputShape": [],
    "aitia:outputTokenCount": [],
    "aitia:packageUrl": [],
    "aitia:padding": [],
    "aitia:parameterBits": [],
    "aitia:parameterCount": [],
    "aitia:peakAcceleratorMemoryBytes": [],
    "aitia:peakMemoryBytes": [],
    "aitia:peakPowerWatts": [],
    "aitia:peakTemperatureCelsius": [],
    "aitia:penaltyKind": [],
    "aitia:penaltyStrength": [],
    "aitia:permutationImportance": [],
    "aitia:pointCount": [],
    "aitia:powerLimitWatts": [],
    "aitia:predeterminedChange": [],
    "aitia:previousBundleDigest": [],
    "aitia:productIllustration": [],
    "aitia:projectedBy": [],
    "aitia:queueName": [],
    "aitia:queueWaitSeconds": [],
    "aitia:randomSeed": [],
    "aitia:rankCorrelation": [],
    "aitia:recordText": [],
    "aitia:requestedSeconds": [],
    "aitia:resourceManager": [],
    "aitia:samplingPeriodSeconds": [],
    "aitia:samplingTemperature": [],
    "aitia:serialOrUuid": [],
    "aitia:settingName": [],
    "aitia:settingValue": ["prov:value"],
    "aitia:sha256": [],
    "aitia:splitCriterion": [],
    "aitia:standardDeviation": [],
    "aitia:statusInferred": [],
    "aitia:stoppingTolerance": [],
    "aitia:stride": [],
    "aitia:temperatureLimitCelsius": [],
    "aitia:throttlingReason": [],
    "aitia:trainingTokenCount": [],
    "aitia:treeCount": [],
    "aitia:treeDepth": [],
    "aitia:unitCode": [],
    "aitia:unitCount": [],
    "aitia:userInterface": [],
    "aitia:versionLabel": [],
    "aitia:vocabularySize": [],
    "prov:atTime": [],
    "prov:endedAtTime": [],
    "prov:generatedAtTime": [],
    "prov:invalidatedAtTime": [],
    "prov:startedAtTime": [],
    "prov:value": [],
}
